-- SPDX-License-Identifier: ISC
-- Logs that a region was made or changed, and how it stands now.
-- $1 code text
-- columns:
-- roles: hasp_accounts hasp_keys hasp_operator
-- writes
INSERT INTO hasp.audit_event (account, actor, event, detail)
SELECT 0, 'operator', 'region_set', to_jsonb(r)
FROM hasp.region r
WHERE r.code = $1
