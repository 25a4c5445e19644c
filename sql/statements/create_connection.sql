-- SPDX-License-Identifier: ISC
-- Connects an account to an app.
-- $1 account bigint
-- $2 app uuid
-- $3 role text
-- $4 environment text
-- $5 actor text
-- columns: id
-- roles: hasp_apps
-- writes
INSERT INTO hasp.connection (account, app, role, environment, granted_by)
VALUES ($1, $2, $3, $4, $5)
RETURNING id
