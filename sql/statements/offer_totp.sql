-- SPDX-License-Identifier: ISC
-- Keeps the secret of an authenticator until a code of it confirms it.
-- $1 account bigint
-- $2 member bigint
-- $3 sealed bytea
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
UPDATE hasp.member SET totp_pending = $3
WHERE account = $1 AND id = $2
