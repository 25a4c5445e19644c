-- SPDX-License-Identifier: ISC
-- Gives the newest secret of an app so many seconds, and ends the others that
-- still work. The number that the next one gets.
-- $1 app uuid
-- $2 seconds integer
-- columns: next
-- roles: hasp_apps hasp_operator
-- writes
WITH newest AS (
    SELECT coalesce(max(s.version), 0) AS version
    FROM hasp.app_secret s
    WHERE s.app = $1
), ended AS (
    UPDATE hasp.app_secret s
    SET expires_at = now() + CASE WHEN s.version = n.version
        THEN $2::integer ELSE 0 END * interval '1 second'
    FROM newest n
    WHERE s.app = $1 AND coalesce(s.expires_at > now() + CASE
        WHEN s.version = n.version THEN $2 ELSE 0 END * interval '1 second',
        true)
)
SELECT n.version + 1
FROM newest n
