-- SPDX-License-Identifier: ISC
-- Logs that an app was removed, in the chains of its own account (of nobody's,
-- 0, if it has none) and of those that it is connected to, in their order.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- $3 actor text
-- $4 address text ('' for none)
-- $5 request_id text ('' for none)
-- columns: events
-- roles: hasp_apps hasp_operator
-- writes
SELECT count(hasp.log_event(t.account, $3, 'app_removed', NULL, NULL, NULL,
    $4, $5, t.detail))
FROM (SELECT w.account, jsonb_build_object('app', a.guid, 'name', a.name,
        'publisher', a.publisher, 'removed_at', a.removed_at) AS detail
    FROM hasp.app a
    CROSS JOIN LATERAL (SELECT coalesce(a.account, 0) AS account
        UNION SELECT c.account FROM hasp.connection c
        WHERE c.app = a.guid AND c.revoked_at IS NULL) w
    WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1)
    ORDER BY w.account) t
