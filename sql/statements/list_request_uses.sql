-- SPDX-License-Identifier: ISC
-- Uses of an account's keys for one request, newest first, as list_uses.
-- All of them are looked for (OFFSET 0): in their order it would not be by
-- the request.
-- $1 account bigint
-- $2 since timestamptz
-- $3 at timestamptz: of the place
-- $4 journal integer: of the place
-- $5 pos bigint: of the place
-- $6 key text ('' for any)
-- $7 of_app text ('' for any)
-- $8 decision text: allowed, refused or a code ('' for any)
-- $9 address text: a range ('' for any)
-- $10 most bigint
-- $11 request_hex text: 32 hexadecimal digits
-- $12 request_hashed boolean
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
    FROM (SELECT * FROM hasp.usage_event o
        WHERE o.account = $1 AND o.request = ($11::text)::uuid
            AND o.request_hashed = $12 AND o.at >= $2 AND o.at <= $3
            AND (o.at, o.journal, o.pos) < ($3, $4, $5)
        OFFSET 0) u
    ORDER BY u.at DESC, u.journal DESC, u.pos DESC
    LIMIT 5000) w
CROSS JOIN LATERAL (SELECT ($6 = '' OR coalesce(w.key_id = $6, false))
        AND ($7 = '' OR
            coalesce(w.app = nullif($7, '')::uuid, false))
        AND ($8 = '' OR w.code = $8 OR ($8 = 'allowed' AND w.code = 'ok')
            OR ($8 = 'refused' AND w.code <> 'ok'))
        AND ($9 = '' OR coalesce(w.address <<= nullif($9, '')::inet,
            false)) AS matches) m
WHERE m.matches OR w.place = 5000
ORDER BY w.at DESC, w.journal DESC, w.pos DESC
LIMIT $10
