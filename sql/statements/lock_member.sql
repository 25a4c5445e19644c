-- SPDX-License-Identifier: ISC
-- One member, whom nobody else changes until the transaction ends.
-- $1 account bigint
-- $2 member bigint
-- columns: id email may_administer totp created
-- roles: hasp_accounts hasp_operator
-- writes
SELECT id, email, may_administer, totp_confirmed_at IS NOT NULL,
    hasp.unix_us(created_at)
FROM hasp.member
WHERE account = $1 AND id = $2
FOR NO KEY UPDATE
