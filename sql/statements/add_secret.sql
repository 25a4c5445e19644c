-- SPDX-License-Identifier: ISC
-- Adds a secret to a key under the version given.
-- $1 account bigint
-- $2 key text
-- $3 digest bytea
-- $4 version integer
-- $5 last_four text
-- $6 overlap integer (seconds that wait for its first use; NULL: none)
-- columns:
-- roles: hasp_keys hasp_operator
-- writes
INSERT INTO hasp.secret (digest, key_id, version, last_four, overlap_seconds)
SELECT $3, k.id, $4, $5, $6
FROM hasp.key k
WHERE k.account = $1 AND k.id = $2
