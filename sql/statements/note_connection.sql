-- SPDX-License-Identifier: ISC
-- Logs what was done to a connection of an account, and how it stands now.
-- $1 account bigint
-- $2 actor text
-- $3 event text
-- $4 id bigint
-- $5 address text ('' for none)
-- $6 request_id text ('' for none)
-- columns: seq
-- roles: hasp_apps hasp_operator
-- writes
SELECT hasp.log_event(c.account, $2, $3, NULL, NULL, NULL, $5, $6,
    jsonb_strip_nulls(jsonb_build_object('app', c.app, 'name', a.name,
        'publisher', a.publisher, 'connection', c.id, 'role', c.role,
        'environment', c.environment, 'revoked_at', c.revoked_at,
        'revoked_why', nullif(c.revoked_why, ''))))
FROM hasp.connection c
JOIN hasp.app a ON a.guid = c.app
WHERE c.account = $1 AND c.id = $4
