-- SPDX-License-Identifier: ISC
-- A member has no authenticator any more, neither confirmed nor offered.
-- $1 account bigint
-- $2 member bigint
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
UPDATE hasp.member SET totp_sealed = NULL, totp_confirmed_at = NULL,
    totp_pending = NULL
WHERE account = $1 AND id = $2
