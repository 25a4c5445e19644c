-- SPDX-License-Identifier: ISC
-- Events of an account that one request made, newest first, as
-- list_events. All of them are looked for (OFFSET 0): in their order it would
-- not be by the request.
-- $1 account bigint
-- $2 since timestamptz
-- $3 at timestamptz: of the place
-- $4 seq bigint: of the place
-- $5 actor text ('' for any)
-- $6 key text ('' for any)
-- $7 event text ('' for any)
-- $8 address text: a range ('' for any)
-- $9 of_app text: a UUID; not what readings asked for ('' for any)
-- $10 most bigint
-- $11 request_id text
-- columns: last matches at seq actor event key version member request_id
--	address detail hash
-- roles: hasp_audit hasp_operator
-- reads
SELECT w.place = 5000, m.matches, hasp.unix_us(w.at), w.seq, w.actor, w.event,
    w.key_id, w.secret_version, w.member, w.request_id,
    (SELECT host(p.address) FROM hasp.audit_person p
        WHERE p.account = $1 AND p.at = w.at AND p.seq = w.seq),
    w.detail::jsonb::text, encode(w.hash, 'hex')
FROM (SELECT e.at, e.seq, e.actor, e.event, e.key_id, e.secret_version,
        e.member, e.request_id, e.detail, e.hash,
        row_number() OVER (ORDER BY e.at DESC, e.seq DESC) AS place
    FROM (SELECT * FROM hasp.audit_event o
        WHERE o.account = $1 AND o.request_id = $11 AND o.at >= $2
            AND o.at <= $3 AND (o.at, o.seq) < ($3, $4)
        OFFSET 0) e
    ORDER BY e.at DESC, e.seq DESC
    LIMIT 5000) w
CROSS JOIN LATERAL (SELECT ($5 = '' OR w.actor = $5)
        AND ($6 = '' OR coalesce(w.key_id = $6, false))
        AND ($7 = '' OR w.event = $7)
        AND ($8 = '' OR EXISTS (SELECT FROM hasp.audit_person p
            WHERE p.account = $1 AND p.at = w.at AND p.seq = w.seq
                AND p.address <<= nullif($8, '')::inet))
        AND ($9 = '' OR (w.event NOT IN ('audit_read', 'audit_exported')
            AND coalesce(w.detail ->> 'app' = lower($9), false))) AS matches) m
WHERE m.matches OR w.place = 5000
ORDER BY w.at DESC, w.seq DESC
LIMIT $10
