-- SPDX-License-Identifier: ISC
-- Removes an app for good; changes nothing if it is removed already.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- $3 actor text
-- columns:
-- roles: hasp_apps hasp_operator
-- writes
UPDATE hasp.app a
SET removed_at = now(), removed_by = $3
WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1) AND a.removed_at IS NULL
