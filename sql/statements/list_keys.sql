-- SPDX-License-Identifier: ISC
-- Keys of an account, but for tokens of apps, in order of making, from the first after a given one
-- ('': the first): a row for each secret that still works, ten of a key at
-- most, the newest first.
-- $1 account bigint
-- $2 after text
-- $3 limit bigint
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
FROM (SELECT * FROM hasp.key o
    WHERE o.account = $1 AND o.app IS NULL
        AND ($2 = '' OR (o.created_at, o.id) > (SELECT c.created_at, c.id
            FROM hasp.key c WHERE c.account = $1 AND c.id = $2))
    ORDER BY o.created_at, o.id
    LIMIT $3) k
LEFT JOIN LATERAL (SELECT x.key_id, x.version, x.last_four, x.created_at,
        x.not_before, x.expires_at, x.revoked_at, x.overlap_seconds
    FROM hasp.secret x
    WHERE x.account = $1 AND x.key_id = k.id AND x.revoked_at IS NULL
        AND coalesce(x.expires_at > now(), true)
    ORDER BY x.version DESC
    LIMIT 10) s ON true
LEFT JOIN hasp.secret_use u ON u.key_id = s.key_id AND u.version = s.version
    AND u.account = $1
ORDER BY k.created_at, k.id, s.version DESC
