-- SPDX-License-Identifier: ISC
-- Logs what an app did at its publisher's, or that somebody failed to be it.
-- $1 account bigint (whose log)
-- $2 actor text
-- $3 event text
-- $4 guid text
-- $5 address text ('' for none)
-- $6 request_id text ('' for none)
-- $7 asked bigint (which account it asks; 0 for none)
-- $8 role text ('' for none)
-- $9 environment text ('' for none)
-- columns: seq
-- roles: hasp_accounts hasp_apps hasp_audit hasp_keys hasp_operator
-- writes
SELECT hasp.log_event($1, $2, $3, NULL, NULL, NULL, $5, $6,
    jsonb_strip_nulls(jsonb_build_object('app', $4::text,
        'for_account', nullif($7::bigint, 0),
        'role', nullif($8::text, ''),
        'environment', nullif($9::text, ''))))
