-- SPDX-License-Identifier: ISC
-- The last events of one account or all (-1), oldest first: those after a
-- time, or so many.
-- $1 account bigint
-- $2 after timestamptz
-- $3 limit bigint
-- columns: account seq at actor event key version member request address
--	detail json
-- roles: hasp_operator
-- reads
SELECT x.account, x.seq, hasp.unix_us(x.at), x.actor, x.event, x.key_id,
    x.secret_version, x.member, x.request_id, x.address, x.detail,
    json_build_object('account', x.account, 'seq', x.seq, 'at', x.at,
        'actor', x.actor, 'event', x.event, 'key', x.key_id,
        'secret_version', x.secret_version, 'member', x.member,
        'request_id', x.request_id, 'address', x.address,
        'detail', x.detail, 'hash', encode(x.hash, 'hex'),
        'sealed', x.seq <= coalesce(m.upto, 0))
FROM (SELECT e.*, host(p.address) AS address
    FROM hasp.audit_event e
    LEFT JOIN hasp.audit_person p ON p.account = e.account AND p.at = e.at
        AND p.seq = e.seq
    WHERE $1::bigint IN (-1, e.account)
        AND e.at > coalesce($2, '-infinity'::timestamptz)
    ORDER BY e.at DESC, e.account DESC, e.seq DESC
    LIMIT $3) x
LEFT JOIN hasp.audit_mark m ON m.kind = 'account' AND m.id = x.account
ORDER BY x.at, x.account, x.seq
