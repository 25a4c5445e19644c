-- SPDX-License-Identifier: ISC
-- Gives an app new names.
-- $1 guid uuid
-- $2 name text
-- $3 publisher text
-- $4 home_page text ('' for none)
-- columns:
-- roles: hasp_apps hasp_operator
-- writes
UPDATE hasp.app a
SET name = $2, publisher = $3, home_page = $4
WHERE a.guid = $1
