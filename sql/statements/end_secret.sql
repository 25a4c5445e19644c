-- SPDX-License-Identifier: ISC
-- Ends one secret of a key for good.
-- $1 account bigint
-- $2 key text
-- $3 version integer
-- columns:
-- roles: hasp_keys hasp_operator
-- writes
UPDATE hasp.secret s
SET revoked_at = now()
WHERE s.account = $1 AND s.key_id = $2 AND s.version = $3
    AND s.revoked_at IS NULL
