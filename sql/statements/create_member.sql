-- SPDX-License-Identifier: ISC
-- Adds a member.
-- $1 account bigint
-- $2 email text
-- $3 password_hash text
-- $4 may_administer boolean
-- columns: id email may_administer totp created
-- roles: hasp_accounts hasp_operator
-- writes
INSERT INTO hasp.member (account, email, password_hash, may_administer)
VALUES ($1, lower($2::text), $3, $4)
RETURNING id, email, may_administer, totp_confirmed_at IS NOT NULL,
    hasp.unix_us(created_at)
