-- SPDX-License-Identifier: ISC
-- Says whether a member may administer the account.
-- $1 account bigint
-- $2 member bigint
-- $3 may_administer boolean
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
UPDATE hasp.member SET may_administer = $3
WHERE account = $1 AND id = $2
