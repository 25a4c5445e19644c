-- SPDX-License-Identifier: ISC
-- Logs what was done to an app, and how it stands now, in the chain of its
-- account or, if it has none, of nobody's (0).
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- $3 actor text
-- $4 event text
-- $5 version integer (NULL: the app itself)
-- $6 address text ('' for none)
-- $7 request_id text ('' for none)
-- columns: seq
-- roles: hasp_apps hasp_operator
-- writes
SELECT hasp.log_event(coalesce(a.account, 0), $3, $4, NULL, NULL, NULL, $6,
    $7, jsonb_strip_nulls(jsonb_build_object('app', a.guid, 'name', a.name,
        'publisher', a.publisher, 'home_page', nullif(a.home_page, ''),
        'secret_version', $5::integer, 'removed_at', a.removed_at)))
FROM hasp.app a
WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1)
