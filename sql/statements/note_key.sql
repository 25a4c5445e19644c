-- SPDX-License-Identifier: ISC
-- Logs what was done to a key, and how it stands now.
-- $1 account bigint
-- $2 actor text
-- $3 event text
-- $4 key text
-- $5 version integer (NULL: the key itself)
-- $6 address text ('' for none)
-- $7 request_id text ('' for none)
-- columns: seq
-- roles: hasp_apps hasp_keys hasp_operator
-- writes
SELECT hasp.log_event(k.account, $2, $3, k.id, $5, NULL, $6, $7,
    jsonb_strip_nulls(jsonb_build_object(
        'app', k.app, 'name', k.name, 'kind', k.kind, 'role', k.role,
        'environment', k.environment, 'allowed_ips', k.allowed_ranges,
        'rate_per_second', k.rate_per_second, 'rate_burst', k.rate_burst,
        'daily_quota', k.daily_quota,
        'not_before', k.not_before, 'expires_at', k.expires_at,
        'disabled_at', k.disabled_at, 'revoked_at', k.revoked_at,
        'revoked_why', k.revoked_why)))
FROM hasp.key k
WHERE k.account = $1 AND k.id = $4
