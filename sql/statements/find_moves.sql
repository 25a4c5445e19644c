-- SPDX-License-Identifier: ISC
-- Chains that went on since they were sealed, and first that of account 0,
-- with the last checkpoint's number as the mark it was sealed up to.
-- $1 limit bigint
-- columns: kind id from from_at from_hash upto upto_at hash
-- roles: hasp_operator
-- reads
SELECT x.kind, x.id, x.from_upto, hasp.unix_us(x.from_at),
    encode(x.from_hash, 'hex'), x.upto, hasp.unix_us(x.at),
    encode(x.hash, 'hex')
FROM (
    SELECT 0 AS rank, 'account' AS kind, 0::bigint AS id,
        coalesce((SELECT max(c.seq) FROM hasp.checkpoint c), 0) AS from_upto,
        NULL::timestamptz AS from_at, NULL::bytea AS from_hash,
        coalesce(h.seq, 0) AS upto, h.at, h.hash
    FROM (SELECT 1) o LEFT JOIN hasp.audit_head h ON h.account = 0
    UNION ALL SELECT 1, 'account', h.account, coalesce(m.upto, 0), m.at,
        m.hash, h.seq, h.at, h.hash
    FROM hasp.audit_head h
    LEFT JOIN hasp.audit_mark m ON m.kind = 'account' AND m.id = h.account
    WHERE h.account <> 0 AND h.hash IS DISTINCT FROM m.hash
    UNION ALL SELECT 2, 'journal', j.number, coalesce(m.upto, 0), NULL,
        m.hash, j.shipped, NULL, j.hash
    FROM hasp.journal j
    LEFT JOIN hasp.audit_mark m ON m.kind = 'journal' AND m.id = j.number
    WHERE j.hash <> coalesce(m.hash,
        '\x0000000000000000000000000000000000000000000000000000000000000000')
) x
ORDER BY x.rank, x.id
LIMIT $1
