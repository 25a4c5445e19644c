-- SPDX-License-Identifier: ISC
-- Gives a member an authenticator, in force at once.
-- $1 member bigint
-- $2 sealed bytea
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
UPDATE hasp.member SET totp_sealed = $2, totp_confirmed_at = now()
WHERE id = $1
