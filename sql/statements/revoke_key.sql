-- SPDX-License-Identifier: ISC
-- Revokes a key for good; changes nothing if it is revoked already.
-- $1 account bigint
-- $2 id text
-- $3 actor text
-- $4 why text
-- columns:
-- roles: hasp_apps hasp_keys hasp_operator
-- writes
UPDATE hasp.key k
SET revoked_at = now(), revoked_by = $3, revoked_why = $4
WHERE k.account = $1 AND k.id = $2 AND k.revoked_at IS NULL
