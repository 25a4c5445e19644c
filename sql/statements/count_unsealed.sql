-- SPDX-License-Identifier: ISC
-- How many events were not sealed yet, or not signed (those of account 0).
-- columns: events
-- roles: hasp_operator
-- reads
SELECT coalesce(sum(h.seq - coalesce(m.upto,
    CASE h.account WHEN 0 THEN (SELECT max(c.seq) FROM hasp.checkpoint c) END,
    0)), 0)::bigint
FROM hasp.audit_head h
LEFT JOIN hasp.audit_mark m ON m.kind = 'account' AND m.id = h.account
