-- SPDX-License-Identifier: ISC
-- Notes a request that shows a secret, so that it shows it once. No row comes
-- back if it was there within a day; who comes second waits for the first.
-- $1 account bigint
-- $2 digest bytea
-- $3 request bytea
-- $4 key text
-- columns: key
-- roles: hasp_apps hasp_keys
-- writes
WITH old AS (
    DELETE FROM hasp.idempotency
    WHERE account = $1 AND created_at < now() - interval '1 day'
        AND digest <> $2
)
INSERT INTO hasp.idempotency AS i (account, digest, request, key_id)
VALUES ($1, $2, $3, $4)
ON CONFLICT (account, digest) DO UPDATE
    SET request = EXCLUDED.request, key_id = EXCLUDED.key_id,
        created_at = now()
    WHERE i.created_at < now() - interval '1 day'
RETURNING i.key_id
