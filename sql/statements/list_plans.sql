-- SPDX-License-Identifier: ISC
-- Plans in order of code: all, or one.
-- $1 code text ('' for all)
-- columns: code name active self_service max_keys rate burst daily_quota
--	accounts
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- reads
SELECT p.code, p.name, p.active, p.self_service, p.max_keys,
    p.rate_per_second, p.rate_burst, p.daily_quota,
    (SELECT count(*) FROM hasp.account a WHERE a.plan = p.code)
FROM hasp.plan p
WHERE $1::text IN ('', p.code)
ORDER BY p.code
