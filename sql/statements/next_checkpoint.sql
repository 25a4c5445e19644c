-- SPDX-License-Identifier: ISC
-- The first checkpoint after an event of account 0, up to another, as an export
-- has it but for the number before it.
-- $1 after bigint
-- $2 upto bigint
-- columns: seq note
-- roles: hasp_operator
-- reads
SELECT c.seq, hasp.audit_field(c.note)
FROM hasp.checkpoint c
WHERE c.seq > $1 AND c.seq <= $2
ORDER BY c.seq
LIMIT 1
