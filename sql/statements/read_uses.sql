-- SPDX-License-Identifier: ISC
-- Uses of a batch, of a day, as an export has them, from a position on.
-- $1 journal integer
-- $2 from bigint
-- $3 next bigint
-- $4 day timestamptz
-- $5 first bigint
-- $6 limit bigint
-- columns: line pos
-- roles: hasp_operator
-- reads
SELECT hasp.usage_line(u, b.salt) || E'\t' ||
    hasp.audit_field(host(u.address)), u.pos
FROM hasp.usage_event u
JOIN hasp.journal_batch b ON b.journal = $1 AND b.first = $5
WHERE u.journal = $1 AND u.pos >= $2 AND u.pos < $3
    AND u.at >= $4 AND u.at < $4 + interval '24 hours'
ORDER BY u.pos
LIMIT $6
