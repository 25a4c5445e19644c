-- SPDX-License-Identifier: ISC
-- The last checkpoint.
-- columns: seq note
-- roles: hasp_audit hasp_operator
-- reads
SELECT c.seq, c.note FROM hasp.checkpoint c ORDER BY c.seq DESC LIMIT 1
