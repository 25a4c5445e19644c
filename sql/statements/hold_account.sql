-- SPDX-License-Identifier: ISC
-- Keeps others from changing an account until the transaction ends.
-- $1 account bigint
-- columns: plan status machine_keys
-- roles: hasp_accounts hasp_operator
-- writes
SELECT plan, status, machine_keys
FROM hasp.account
WHERE id = $1
FOR NO KEY UPDATE
