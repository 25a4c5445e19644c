-- SPDX-License-Identifier: ISC
-- What an operator wants to know of an account besides find_account.
-- $1 account bigint
-- columns: members machine_keys plan_active self_service max_keys rate burst
--	daily_quota deprecated sunset link policy
-- roles: hasp_accounts hasp_operator
-- reads
SELECT (SELECT count(*) FROM hasp.member m WHERE m.account = a.id),
    a.machine_keys, p.active, p.self_service, p.max_keys, p.rate_per_second,
    p.rate_burst, p.daily_quota, hasp.unix_us(a.legacy_deprecated_at),
    hasp.unix_us(a.legacy_sunset_at), a.legacy_link, a.legacy_policy
FROM hasp.account a JOIN hasp.plan p ON p.code = a.plan
WHERE a.id = $1
