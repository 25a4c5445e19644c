-- SPDX-License-Identifier: ISC
-- Keeps others from changing a key until the transaction ends.
-- $1 id text
-- columns: ended (revoked or expired)
-- roles: hasp_keys hasp_operator
-- writes
SELECT revoked_at IS NOT NULL OR coalesce(expires_at <= now(), false)
FROM hasp.key
WHERE id = $1
FOR UPDATE
