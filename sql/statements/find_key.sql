-- SPDX-License-Identifier: ISC
-- One key: a row for each secret, the newest first.
-- $1 account bigint
-- $2 id text
-- columns: account id name kind role environment app ranges rate burst
--	daily_quota created created_by not_before expires disabled revoked
--	revoked_by revoked_why revision version last_four s_created s_not_before
--	s_expires s_revoked s_overlap s_first_used s_last_used s_last_used_from
--	s_last_wrote known
-- roles: hasp_apps hasp_keys hasp_operator
-- reads
SELECT k.account, k.id, k.name, k.kind, k.role, k.environment,
    k.app, array_to_string(k.allowed_ranges, ' '), k.rate_per_second, k.rate_burst,
    k.daily_quota, hasp.unix_us(k.created_at), k.created_by,
    hasp.unix_us(k.not_before), hasp.unix_us(k.expires_at),
    hasp.unix_us(k.disabled_at), hasp.unix_us(k.revoked_at), k.revoked_by,
    k.revoked_why, k.revision,
    s.version, s.last_four, hasp.unix_us(s.created_at),
    hasp.unix_us(s.not_before), hasp.unix_us(s.expires_at),
    hasp.unix_us(s.revoked_at), s.overlap_seconds,
    hasp.unix_us(u.first_used_at), hasp.unix_us(u.last_used_at),
    host(u.last_used_from), hasp.unix_us(u.last_wrote_at),
    hasp.unix_us((SELECT hasp.usage_complete()))
FROM hasp.key k
LEFT JOIN hasp.secret s ON s.key_id = k.id AND s.account = $1
LEFT JOIN hasp.secret_use u ON u.key_id = s.key_id AND u.version = s.version
    AND u.account = $1
WHERE k.account = $1 AND k.id = $2
ORDER BY s.version DESC
