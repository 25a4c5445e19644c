-- SPDX-License-Identifier: ISC
-- Says whether admin keys may manage keys of the account.
-- $1 account bigint
-- $2 machine_keys boolean
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
UPDATE hasp.account SET machine_keys = $2
WHERE id = $1
