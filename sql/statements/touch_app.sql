-- SPDX-License-Identifier: ISC
-- Counts a change of the secrets of an app.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- columns:
-- roles: hasp_apps hasp_operator
-- writes
UPDATE hasp.app a
SET revision = a.revision
WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1)
