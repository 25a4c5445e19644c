-- SPDX-License-Identifier: ISC
-- Keeps others from changing a member of any account until the transaction
-- ends.
-- $1 member bigint
-- columns: account disabled
-- roles: hasp_accounts hasp_operator
-- writes
SELECT account, disabled_at IS NOT NULL
FROM hasp.member
WHERE id = $1
FOR NO KEY UPDATE
