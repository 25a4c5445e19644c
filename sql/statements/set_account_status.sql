-- SPDX-License-Identifier: ISC
-- Suspends an account, or takes that back.
-- $1 account bigint
-- $2 status text
-- columns:
-- roles: hasp_operator
-- writes
UPDATE hasp.account SET status = $2
WHERE id = $1
