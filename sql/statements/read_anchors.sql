-- SPDX-License-Identifier: ISC
-- What the chains that are kept begin with, as an export has it: what was
-- dropped, and its anchors.
-- $1 limit bigint
-- columns: line
-- roles: hasp_operator
-- reads
WITH p AS (SELECT o.seq, o.uses_before FROM hasp.audit_prune o
    WHERE o.done_at IS NOT NULL ORDER BY o.seq DESC LIMIT 1)
SELECT x.line FROM (
    SELECT concat_ws(E'\t', 'p', p.seq, to_char(p.uses_before, 'YYYY-MM-DD'),
        (SELECT count(*) FROM hasp.audit_anchor n WHERE n.prune = p.seq))
        AS line, '' AS kind, 0::bigint AS id
    FROM p
    UNION ALL SELECT hasp.anchor_line(a), a.kind, a.id
    FROM p JOIN hasp.audit_anchor a ON a.prune = p.seq
) x
ORDER BY x.kind COLLATE "C", x.id
LIMIT $1
