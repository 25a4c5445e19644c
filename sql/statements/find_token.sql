-- SPDX-License-Identifier: ISC
-- One token of an app.
-- $1 account bigint
-- $2 id text
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
FROM hasp.key k
LEFT JOIN hasp.secret s ON s.key_id = k.id AND s.version = 1
    AND s.account = $1
LEFT JOIN hasp.secret_use u ON u.key_id = k.id AND u.version = 1
    AND u.account = $1
WHERE k.account = $1 AND k.id = $2 AND k.connection IS NOT NULL
