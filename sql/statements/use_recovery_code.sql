-- SPDX-License-Identifier: ISC
-- Uses a recovery code up; no row if there is none, or none any more.
-- $1 account bigint
-- $2 member bigint
-- $3 digest bytea
-- columns:
-- roles: hasp_accounts
-- writes
DELETE FROM hasp.recovery_code
WHERE account = $1 AND member = $2 AND digest = $3
