-- SPDX-License-Identifier: ISC
-- Makes a token of an app; its secret follows in the same transaction. No row:
-- there is such an id. Not what the connection grants: a violation.
-- $1 id text
-- $2 account bigint
-- $3 name text
-- $4 role text
-- $5 environment text
-- $6 app uuid
-- $7 connection bigint
-- $8 actor text
-- $9 expires timestamptz (NULL: never)
-- columns:
-- roles: hasp_apps
-- writes
INSERT INTO hasp.key (id, account, name, kind, role, environment, app,
    connection, created_by, expires_at)
VALUES ($1, $2, $3, 'app_token', $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO NOTHING
