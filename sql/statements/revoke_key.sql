-- SPDX-License-Identifier: ISC
-- Revokes a key for good; changes nothing if it is revoked already.
-- $1 id text
-- $2 why text
-- columns: already
-- roles: hasp_keys hasp_operator
-- writes
WITH target AS (
    SELECT id, revoked_at IS NOT NULL AS already
    FROM hasp.key
    WHERE id = $1
    FOR UPDATE
), done AS (
    UPDATE hasp.key k
    SET revoked_at = now(), revoked_by = 'operator', revoked_why = $2
    FROM target t
    WHERE k.id = t.id AND NOT t.already
)
SELECT already FROM target
