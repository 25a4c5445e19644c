-- SPDX-License-Identifier: ISC
-- Gives a member another password and takes the authenticator away, the one
-- in force and the one offered.
-- $1 member bigint
-- $2 password_hash text
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
UPDATE hasp.member SET password_hash = $2, totp_sealed = NULL,
    totp_confirmed_at = NULL, totp_pending = NULL
WHERE id = $1
