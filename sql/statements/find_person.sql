-- SPDX-License-Identifier: ISC
-- One member of any account.
-- $1 member bigint
-- columns: id account email may_administer totp created disabled
-- roles: hasp_accounts hasp_operator
-- reads
SELECT id, account, email, may_administer, totp_confirmed_at IS NOT NULL,
    hasp.unix_us(created_at), hasp.unix_us(disabled_at)
FROM hasp.member
WHERE id = $1
