-- SPDX-License-Identifier: ISC
-- Erases addresses of an account's events and uses.
-- $1 account bigint
-- $2 member bigint
-- $3 address text
-- $4 before timestamptz
-- columns: events uses seq
-- roles: hasp_operator
-- writes
SELECT x.events, x.uses, x.seq
FROM hasp.erase_personal_data($1, $2, $3,
    coalesce($4, 'infinity'::timestamptz)) x
