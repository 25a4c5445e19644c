-- SPDX-License-Identifier: ISC
-- Adds a secret to a key under the version given.
-- $1 digest bytea
-- $2 key text
-- $3 version integer
-- $4 last_four text
-- columns:
-- roles: hasp_keys hasp_operator
-- writes
INSERT INTO hasp.secret (digest, key_id, version, last_four)
VALUES ($1, $2, $3, $4)
