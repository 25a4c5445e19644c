-- SPDX-License-Identifier: ISC
-- An account with its plan and its region, for its own people and keys.
-- $1 account bigint
-- columns: id name status plan plan_name self_service max_keys rate burst
--	daily_quota region region_name api_host keys machine_keys
--	legacy_deprecated legacy_sunset legacy_link legacy_policy
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- reads
SELECT a.id, a.name, a.status, p.code, p.name, p.self_service, p.max_keys,
    p.rate_per_second, p.rate_burst, p.daily_quota, r.code, r.name, r.api_host,
    (SELECT count(*) FROM hasp.key k
        WHERE k.account = a.id AND k.revoked_at IS NULL
            AND k.created_by !~ '^app:'),
    a.machine_keys, hasp.unix_us(a.legacy_deprecated_at),
    hasp.unix_us(a.legacy_sunset_at), a.legacy_link, a.legacy_policy
FROM hasp.account a
JOIN hasp.plan p ON p.code = a.plan
JOIN hasp.region r ON r.code = a.region
WHERE a.id = $1
