-- SPDX-License-Identifier: ISC
-- Members of an account in order of id, from the first above a given one, the
-- disabled ones too.
-- $1 account bigint
-- $2 after bigint
-- $3 limit bigint
-- columns: id account email may_administer totp created disabled
-- roles: hasp_accounts hasp_operator
-- reads
SELECT id, account, email, may_administer, totp_confirmed_at IS NOT NULL,
    hasp.unix_us(created_at), hasp.unix_us(disabled_at)
FROM hasp.member
WHERE account = $1 AND id > $2
ORDER BY id
LIMIT $3
