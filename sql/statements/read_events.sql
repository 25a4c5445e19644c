-- SPDX-License-Identifier: ISC
-- Events of an account's chain as an export has them, after one and up to
-- another.
-- $1 account bigint
-- $2 after timestamptz
-- $3 after_seq bigint
-- $4 upto timestamptz
-- $5 upto_seq bigint
-- $6 limit bigint
-- columns: line at seq
-- roles: hasp_operator
-- reads
SELECT hasp.audit_line(e) || E'\t' || encode(e.hash, 'hex') || E'\t' ||
    hasp.audit_field(encode(p.salt, 'hex')) || E'\t' ||
    hasp.audit_field(host(p.address)), hasp.unix_us(e.at), e.seq
FROM hasp.audit_event e
LEFT JOIN hasp.audit_person p ON p.account = e.account AND p.at = e.at
    AND p.seq = e.seq
WHERE e.account = $1 AND e.at >= coalesce($2, '-infinity'::timestamptz)
    AND (e.at, e.seq) > (coalesce($2, '-infinity'::timestamptz), $3)
    AND e.at <= $4 AND e.seq <= $5
ORDER BY e.at, e.seq
LIMIT $6
