-- SPDX-License-Identifier: ISC
-- Logs that a region was made or changed, and how it stands now.
-- $1 code text
-- columns: seq
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- writes
SELECT hasp.log_event(0, 'operator', 'region_set', NULL, NULL, NULL, NULL, NULL,
    to_jsonb(r))
FROM hasp.region r
WHERE r.code = $1
