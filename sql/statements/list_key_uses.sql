-- SPDX-License-Identifier: ISC
-- Uses of one key, newest first, as list_uses. Not more than are asked for
-- are read where all of them match.
-- $1 account bigint
-- $2 since timestamptz
-- $3 at timestamptz: of the place
-- $4 journal integer: of the place
-- $5 pos bigint: of the place
-- $6 key text
-- $7 of_app text ('' for any)
-- $8 decision text: allowed, refused or a code ('' for any)
-- $9 address text: a range ('' for any)
-- $10 most bigint
-- columns: last matches at journal pos key version app code status method site
--	request repeated address
-- roles: hasp_audit hasp_operator
-- reads
SELECT w.place = 5000, m.matches, hasp.unix_us(w.at), w.journal, w.pos,
    w.key_id, w.secret_version, w.app, w.code, w.status, w.method, w.site,
    CASE WHEN NOT w.request_hashed THEN replace(w.request::text, '-', '') END,
    w.repeated, host(w.address)
FROM (SELECT u.*, row_number() OVER
        (ORDER BY u.at DESC, u.journal DESC, u.pos DESC) AS place
    FROM hasp.key_uses($1, $6, $2, $3, $4, $5,
        least(5000, CASE WHEN $7 = '' AND $8 = '' AND $9 = ''
            THEN $10::bigint ELSE 5000 END)::integer) u) w
CROSS JOIN LATERAL (SELECT ($7 = '' OR
            coalesce(w.app = nullif($7, '')::uuid, false))
        AND ($8 = '' OR w.code = $8 OR ($8 = 'allowed' AND w.code = 'ok')
            OR ($8 = 'refused' AND w.code <> 'ok'))
        AND ($9 = '' OR coalesce(w.address <<= nullif($9, '')::inet,
            false)) AS matches) m
WHERE m.matches OR w.place = 5000
ORDER BY w.at DESC, w.journal DESC, w.pos DESC
LIMIT $10
