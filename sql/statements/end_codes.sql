-- SPDX-License-Identifier: ISC
-- Removes all recovery codes of a member.
-- $1 member bigint
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
DELETE FROM hasp.recovery_code
WHERE member = $1
