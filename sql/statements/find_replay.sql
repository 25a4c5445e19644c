-- SPDX-License-Identifier: ISC
-- What was answered to a request under the same Idempotency-Key.
-- $1 account bigint
-- $2 digest bytea
-- columns: request (64 hexadecimal digits) key
-- roles: hasp_apps hasp_keys
-- reads
SELECT encode(request, 'hex'), key_id
FROM hasp.idempotency
WHERE account = $1 AND digest = $2
