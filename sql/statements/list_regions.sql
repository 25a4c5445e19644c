-- SPDX-License-Identifier: ISC
-- Regions in order of code: all, or one.
-- $1 code text ('' for all)
-- columns: code name api_host accounts
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- reads
SELECT r.code, r.name, r.api_host,
    (SELECT count(*) FROM hasp.account a WHERE a.region = r.code)
FROM hasp.region r
WHERE $1::text IN ('', r.code)
ORDER BY r.code
