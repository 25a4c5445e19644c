-- SPDX-License-Identifier: ISC
-- Gives an account another plan.
-- $1 account bigint
-- $2 plan text
-- columns:
-- roles: hasp_operator
-- writes
UPDATE hasp.account SET plan = $2
WHERE id = $1
