-- SPDX-License-Identifier: ISC
-- Tokens of a connection, the newest first, from the first that was made before
-- a given one ('': the newest of all).
-- $1 account bigint
-- $2 connection bigint
-- $3 before text
-- $4 limit bigint
-- columns: id name role environment last_four fetched created_by created
--	expires disabled revoked revoked_by revoked_why last_used
--	last_used_from connection app revision
-- roles: hasp_apps hasp_keys hasp_operator
-- reads
SELECT k.id, k.name, k.role, k.environment, s.last_four,
    k.created_by ~ '^app:', k.created_by, hasp.unix_us(k.created_at),
    hasp.unix_us(k.expires_at), hasp.unix_us(k.disabled_at),
    hasp.unix_us(k.revoked_at), k.revoked_by, k.revoked_why,
    hasp.unix_us(u.last_used_at), host(u.last_used_from), k.connection,
    k.app, k.revision
FROM (SELECT * FROM hasp.key o
    WHERE o.account = $1 AND o.connection = $2
        AND ($3 = '' OR (o.created_at, o.id) < (SELECT c.created_at, c.id
            FROM hasp.key c WHERE c.account = $1 AND c.id = $3))
    ORDER BY o.created_at DESC, o.id DESC
    LIMIT $4) k
LEFT JOIN hasp.secret s ON s.key_id = k.id AND s.version = 1
    AND s.account = $1
LEFT JOIN hasp.secret_use u ON u.key_id = k.id AND u.version = 1
    AND u.account = $1
ORDER BY k.created_at DESC, k.id DESC
