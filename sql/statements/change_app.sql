-- SPDX-License-Identifier: ISC
-- Gives an app new names.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- $3 name text
-- $4 publisher text
-- $5 home_page text ('' for none)
-- columns:
-- roles: hasp_apps hasp_operator
-- writes
UPDATE hasp.app a
SET name = $3, publisher = $4, home_page = $5
WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1)
