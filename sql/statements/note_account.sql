-- SPDX-License-Identifier: ISC
-- Logs what was done to an account, and how it stands now.
-- $1 account bigint
-- $2 actor text
-- $3 event text
-- $4 address text ('' for none)
-- $5 request_id text ('' for none)
-- $6 why text ('' for no reason given)
-- columns: seq
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- writes
SELECT hasp.log_event(a.id, $2, $3, NULL, NULL, NULL, $4, $5,
    jsonb_strip_nulls(jsonb_build_object('name', a.name, 'plan', a.plan,
        'region', a.region, 'status', a.status,
        'machine_keys', a.machine_keys,
        'legacy_deprecated_at', a.legacy_deprecated_at,
        'legacy_sunset_at', a.legacy_sunset_at,
        'legacy_link', a.legacy_link, 'legacy_policy', a.legacy_policy,
        'why', nullif($6, ''))))
FROM hasp.account a
WHERE a.id = $1
