-- SPDX-License-Identifier: ISC
-- The secrets of an app, the newest first, ten at most.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- columns: version last_four created expires
-- roles: hasp_apps hasp_operator
-- reads
SELECT s.version, s.last_four, hasp.unix_us(s.created_at),
    hasp.unix_us(s.expires_at)
FROM hasp.app a
JOIN hasp.app_secret s ON s.app = a.guid
WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1)
ORDER BY s.version DESC
LIMIT 10
