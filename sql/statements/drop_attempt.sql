-- SPDX-License-Identifier: ISC
-- Nobody looked at the attempt: its failure is taken back. Subjects:
-- begin_attempt.
-- $1 email text
-- $2 place text (a network address)
-- columns: dropped
-- roles: hasp_accounts
-- writes
SELECT hasp.drop_attempt(
    sha256('hasp attempt email\000'::bytea
        || convert_to(lower($1::text), 'UTF8')),
    sha256('hasp attempt address\000'::bytea
        || convert_to($2::text, 'UTF8')),
    sha256('hasp attempt both\000'::bytea
        || convert_to(lower($1::text), 'UTF8') || '\000'::bytea
        || convert_to($2::text, 'UTF8')))
