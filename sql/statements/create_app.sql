-- SPDX-License-Identifier: ISC
-- Registers an app; its first secret follows in the same transaction.
-- $1 account bigint (NULL: the operator's)
-- $2 name text
-- $3 publisher text
-- $4 home_page text ('' for none)
-- $5 actor text
-- columns: guid
-- roles: hasp_apps hasp_operator
-- writes
INSERT INTO hasp.app (account, name, publisher, home_page, created_by)
VALUES ($1, $2, $3, $4, $5)
RETURNING guid
