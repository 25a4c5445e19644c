-- SPDX-License-Identifier: ISC
-- Removes the recovery codes of a member.
-- $1 account bigint
-- $2 member bigint
-- columns:
-- roles: hasp_accounts
-- writes
DELETE FROM hasp.recovery_code
WHERE account = $1 AND member = $2
