-- SPDX-License-Identifier: ISC
-- Ends a session.
-- $1 account bigint
-- $2 digest bytea
-- columns:
-- roles: hasp_accounts
-- writes
DELETE FROM hasp.session
WHERE account = $1 AND digest = $2
