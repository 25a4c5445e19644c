-- SPDX-License-Identifier: ISC
-- The heads of all chains as they were sealed before an event of account 0,
-- and of its own.
-- $1 seq bigint
-- columns: kind id upto hash
-- roles: hasp_operator
-- reads
SELECT 'account', 0::bigint, e.seq, hasp.audit_field(encode(e.hash, 'hex'))
FROM hasp.audit_event e WHERE e.account = 0 AND e.seq = $1::bigint - 1
UNION ALL (SELECT DISTINCT ON (w.kind, split_part(w.head, ':', 1)::bigint)
    w.kind, split_part(w.head, ':', 1)::bigint,
    split_part(w.head, ':', 4)::bigint,
    hasp.audit_field(split_part(w.head, ':', 6))
FROM (SELECT e.seq, 'account' AS kind, a.head
    FROM hasp.audit_event e, unnest(string_to_array(e.detail->>'accounts',
        ' ')) a (head)
    WHERE e.account = 0 AND e.event = 'chain_sealed' AND e.seq < $1
    UNION ALL SELECT e.seq, 'journal', j.head
    FROM hasp.audit_event e, unnest(string_to_array(e.detail->>'journals',
        ' ')) j (head)
    WHERE e.account = 0 AND e.event = 'chain_sealed' AND e.seq < $1) w
ORDER BY w.kind, split_part(w.head, ':', 1)::bigint, w.seq DESC)
