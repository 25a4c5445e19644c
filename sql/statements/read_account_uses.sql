-- SPDX-License-Identifier: ISC
-- Uses of an account as an export of a part has them, after one.
-- $1 account bigint
-- $2 since timestamptz
-- $3 until timestamptz
-- $4 after timestamptz
-- $5 after_journal integer
-- $6 after_pos bigint
-- $7 limit bigint
-- columns: line at journal pos
-- roles: hasp_operator
-- reads
SELECT hasp.usage_line(u, b.salt) || E'\t' ||
    hasp.audit_field(host(u.address)), hasp.unix_us(u.at), u.journal, u.pos
FROM hasp.usage_event u
LEFT JOIN LATERAL (SELECT o.salt FROM hasp.journal_batch o
    WHERE o.journal = u.journal AND o.first <= u.pos
    ORDER BY o.first DESC LIMIT 1) b ON true
WHERE u.account = $1 AND u.at >= coalesce($2, '-infinity'::timestamptz)
    AND u.at < coalesce($3, 'infinity'::timestamptz)
    AND u.at >= coalesce($4, '-infinity'::timestamptz)
    AND (u.at, u.journal, u.pos) > (coalesce($4, '-infinity'::timestamptz),
        $5, $6)
ORDER BY u.at, u.journal, u.pos
LIMIT $7
