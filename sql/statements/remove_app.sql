-- SPDX-License-Identifier: ISC
-- Removes an app for good; changes nothing if it is removed already.
-- $1 guid uuid
-- $2 actor text
-- columns:
-- roles: hasp_apps hasp_operator
-- writes
UPDATE hasp.app a
SET removed_at = now(), removed_by = $2
WHERE a.guid = $1 AND a.removed_at IS NULL
