-- SPDX-License-Identifier: ISC
-- Logs what was done to an app, and how it stands now, in the chain of its
-- account or, if it has none, of nobody's (0).
-- $1 app uuid
-- $2 actor text
-- $3 event text
-- $4 version integer (NULL: the app itself)
-- $5 address text ('' for none)
-- $6 request_id text ('' for none)
-- columns: seq
-- roles: hasp_apps hasp_operator
-- writes
SELECT hasp.log_event(coalesce(a.account, 0), $2, $3, NULL, NULL, NULL, $5,
    $6, jsonb_strip_nulls(jsonb_build_object('app', a.guid, 'name', a.name,
        'publisher', a.publisher, 'home_page', nullif(a.home_page, ''),
        'secret_version', $4::integer, 'removed_at', a.removed_at)))
FROM hasp.app a
WHERE a.guid = $1
