-- SPDX-License-Identifier: ISC
-- Takes a one-time code; no row if it, or a later one, was taken before.
-- $1 account bigint
-- $2 member bigint
-- $3 step bigint
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
UPDATE hasp.member SET totp_step = $3
WHERE account = $1 AND id = $2 AND totp_step < $3
