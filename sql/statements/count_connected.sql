-- SPDX-License-Identifier: ISC
-- How many accounts an app is connected to.
-- $1 app uuid
-- columns: count
-- roles: hasp_apps hasp_operator
-- reads
SELECT count(*)
FROM hasp.connection c
WHERE c.app = $1 AND c.revoked_at IS NULL
