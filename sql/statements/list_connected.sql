-- SPDX-License-Identifier: ISC
-- The connections of all accounts to one app, the newest first.
-- $1 app uuid
-- $2 before bigint (an id that all are below; 0: none)
-- $3 limit bigint
-- columns: id account app name publisher home_page private removed role
--	environment granted_by granted revoked revoked_by revoked_why last_used
--	last_used_from tokens
-- roles: hasp_apps hasp_operator
-- reads
SELECT c.id, c.account, c.app, a.name, a.publisher, a.home_page,
    a.account IS NOT NULL, hasp.unix_us(a.removed_at), c.role, c.environment,
    c.granted_by, hasp.unix_us(c.granted_at), hasp.unix_us(c.revoked_at),
    c.revoked_by, c.revoked_why,
    CASE WHEN u.last_used_at >= c.granted_at
        THEN hasp.unix_us(u.last_used_at) END,
    CASE WHEN u.last_used_at >= c.granted_at
        THEN host(u.last_used_from) END,
    CASE WHEN c.revoked_at IS NULL AND a.removed_at IS NULL THEN
        (SELECT count(*) FROM (SELECT FROM hasp.key k
            WHERE k.connection = c.id AND k.created_by ~ '^app:'
                AND k.expires_at > now() AND k.revoked_at IS NULL
                AND k.disabled_at IS NULL
            UNION ALL SELECT FROM hasp.key k
            WHERE k.account = c.account AND k.created_by !~ '^app:'
                AND k.connection = c.id AND k.revoked_at IS NULL
                AND coalesce(k.expires_at > now(), true)
                AND k.disabled_at IS NULL
            LIMIT 1001) t)
    ELSE 0 END
FROM hasp.connection c
JOIN hasp.app a ON a.guid = c.app
LEFT JOIN hasp.app_use u ON u.account = c.account AND u.app = c.app
WHERE c.app = $1 AND ($2::bigint = 0 OR c.id < $2)
ORDER BY c.id DESC
LIMIT $3
