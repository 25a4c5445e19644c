-- SPDX-License-Identifier: ISC
-- Counts that somebody named an app with a wrong secret, or says how long to
-- wait. The subjects are others than those of begin_attempt: who cannot sign in
-- slows no app, and the other way round.
-- $1 guid text
-- $2 place text (a network address)
-- $3 free integer
-- columns: wait_ms
-- roles: hasp_accounts hasp_apps
-- writes
SELECT hasp.begin_attempt(
    sha256('hasp attempt client\000'::bytea
        || convert_to($1::text, 'UTF8')),
    sha256('hasp attempt client address\000'::bytea
        || convert_to($2::text, 'UTF8')),
    sha256('hasp attempt client both\000'::bytea
        || convert_to($1::text, 'UTF8') || '\000'::bytea
        || convert_to($2::text, 'UTF8')),
    $3::integer)
