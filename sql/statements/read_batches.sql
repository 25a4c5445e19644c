-- SPDX-License-Identifier: ISC
-- Batches of a journal as an export has them, from a position on and up to
-- another.
-- $1 journal integer
-- $2 from bigint
-- $3 upto bigint
-- $4 limit bigint
-- columns: line first next day salt
-- roles: hasp_operator
-- reads
SELECT hasp.batch_line(b) || E'\t' ||
    hasp.audit_field(encode(b.salt, 'hex')) || E'\t' || encode(b.hash, 'hex'),
    b.first, b.next, hasp.unix_us(b.day::timestamp AT TIME ZONE 'UTC'), b.salt
FROM hasp.journal_batch b
WHERE b.journal = $1 AND b.first >= $2 AND b.first < $3
ORDER BY b.first
LIMIT $4
