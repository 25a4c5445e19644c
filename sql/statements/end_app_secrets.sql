-- SPDX-License-Identifier: ISC
-- Gives the newest secret of an app so many seconds, and ends the others that
-- still work. The number that the next one gets.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- $3 seconds integer
-- columns: next
-- roles: hasp_apps hasp_operator
-- writes
WITH newest AS (
    SELECT a.guid, coalesce(max(s.version), 0) AS version
    FROM hasp.app a
    LEFT JOIN hasp.app_secret s ON s.app = a.guid
    WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1)
    GROUP BY a.guid
), ends AS (
    SELECT s.app, s.version, now() + CASE WHEN s.version = n.version
        THEN $3::integer ELSE 0 END * interval '1 second' AS at
    FROM newest n
    JOIN hasp.app_secret s ON s.app = n.guid
), ended AS (
    UPDATE hasp.app_secret s
    SET expires_at = e.at
    FROM ends e
    WHERE s.app = e.app AND s.version = e.version
        AND coalesce(s.expires_at > e.at, true)
)
SELECT n.version + 1
FROM newest n
