-- SPDX-License-Identifier: ISC
-- The secret that was offered is in force; the code that confirmed it counts
-- for nothing else.
-- $1 account bigint
-- $2 member bigint
-- $3 sealed bytea
-- $4 step bigint
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
UPDATE hasp.member SET totp_sealed = $3, totp_confirmed_at = now(),
    totp_step = $4, totp_pending = NULL
WHERE account = $1 AND id = $2
