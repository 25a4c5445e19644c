-- SPDX-License-Identifier: ISC
-- Keeps others from fetching tokens of a connection, and from revoking it,
-- until the transaction ends. No row: it is not in force.
-- $1 account bigint
-- $2 connection bigint
-- columns: id
-- roles: hasp_apps hasp_operator
-- writes
SELECT c.id
FROM hasp.connection c
WHERE c.account = $1 AND c.id = $2 AND c.revoked_at IS NULL
FOR NO KEY UPDATE
