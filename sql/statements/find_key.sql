-- SPDX-License-Identifier: ISC
-- One key: a row for each secret, the newest first.
-- $1 id text
-- columns: account id name kind role environment ranges created not_before
--	expires disabled revoked revoked_why version last_four s_created
--	s_not_before s_expires s_revoked
-- roles: hasp_keys hasp_operator
-- reads
SELECT k.account, k.id, k.name, k.kind, k.role, k.environment,
    array_to_string(k.allowed_ranges, ' '), hasp.unix_us(k.created_at),
    hasp.unix_us(k.not_before), hasp.unix_us(k.expires_at),
    hasp.unix_us(k.disabled_at), hasp.unix_us(k.revoked_at), k.revoked_why,
    s.version, s.last_four, hasp.unix_us(s.created_at),
    hasp.unix_us(s.not_before), hasp.unix_us(s.expires_at),
    hasp.unix_us(s.revoked_at)
FROM hasp.key k LEFT JOIN hasp.secret s ON s.key_id = k.id
WHERE k.id = $1
ORDER BY s.version DESC
