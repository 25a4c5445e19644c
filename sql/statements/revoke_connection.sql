-- SPDX-License-Identifier: ISC
-- Revokes the connection of an account to an app for good; no row if there is
-- none in force.
-- $1 account bigint
-- $2 app uuid
-- $3 actor text
-- $4 why text
-- columns: id
-- roles: hasp_apps hasp_operator
-- writes
UPDATE hasp.connection c
SET revoked_at = now(), revoked_by = $3, revoked_why = $4
WHERE c.account = $1 AND c.app = $2 AND c.revoked_at IS NULL
RETURNING c.id
