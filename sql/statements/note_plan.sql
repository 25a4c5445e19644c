-- SPDX-License-Identifier: ISC
-- Logs that a plan was made or changed, and how it stands now.
-- $1 code text
-- columns:
-- roles: hasp_accounts hasp_keys hasp_operator
-- writes
INSERT INTO hasp.audit_event (account, actor, event, detail)
SELECT 0, 'operator', 'plan_set', to_jsonb(p)
FROM hasp.plan p
WHERE p.code = $1
