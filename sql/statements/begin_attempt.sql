-- SPDX-License-Identifier: ISC
-- Counts an attempt to sign in as a failure, or says how long to wait.
-- The subjects are made here, so that lower() is that of find_sign_in: two
-- spellings of one member are one subject.
-- $1 email text
-- $2 place text (a network address)
-- $3 free integer
-- columns: wait_ms
-- roles: hasp_accounts hasp_apps
-- writes
SELECT hasp.begin_attempt(
    sha256('hasp attempt email\000'::bytea
        || convert_to(lower($1::text), 'UTF8')),
    sha256('hasp attempt address\000'::bytea
        || convert_to($2::text, 'UTF8')),
    sha256('hasp attempt both\000'::bytea
        || convert_to(lower($1::text), 'UTF8') || '\000'::bytea
        || convert_to($2::text, 'UTF8')),
    $3::integer)
