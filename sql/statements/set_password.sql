-- SPDX-License-Identifier: ISC
-- Gives a member another password.
-- $1 account bigint
-- $2 member bigint
-- $3 password_hash text
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
UPDATE hasp.member SET password_hash = $3
WHERE account = $1 AND id = $2
