-- SPDX-License-Identifier: ISC
-- The secrets of an app, the newest first, ten at most.
-- $1 app uuid
-- columns: version last_four created expires
-- roles: hasp_apps hasp_operator
-- reads
SELECT s.version, s.last_four, hasp.unix_us(s.created_at),
    hasp.unix_us(s.expires_at)
FROM hasp.app_secret s
WHERE s.app = $1
ORDER BY s.version DESC
LIMIT 10
