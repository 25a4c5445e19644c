-- SPDX-License-Identifier: ISC
-- Counts a change of the secrets of an app.
-- $1 guid uuid
-- columns:
-- roles: hasp_apps hasp_operator
-- writes
UPDATE hasp.app a
SET revision = a.revision
WHERE a.guid = $1
