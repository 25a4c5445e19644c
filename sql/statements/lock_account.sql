-- SPDX-License-Identifier: ISC
-- Keeps others from adding keys to an account until the transaction ends.
-- $1 account bigint
-- columns: max_keys keys
-- roles: hasp_operator
-- writes
SELECT max_keys, keys FROM hasp.lock_account($1)
