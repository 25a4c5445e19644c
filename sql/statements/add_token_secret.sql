-- SPDX-License-Identifier: ISC
-- Adds the one secret to a token. That of one that was fetched ends with it, so
-- that removing it long after is no change of what a check says.
-- $1 account bigint
-- $2 token text
-- $3 digest bytea
-- $4 last_four text
-- columns:
-- roles: hasp_apps
-- writes
INSERT INTO hasp.secret (digest, key_id, version, last_four, expires_at)
SELECT $3, k.id, 1, $4,
    CASE WHEN k.created_by ~ '^app:' THEN k.expires_at END
FROM hasp.key k
WHERE k.account = $1 AND k.id = $2 AND k.connection IS NOT NULL
