-- SPDX-License-Identifier: ISC
-- The last checkpoint.
-- columns: seq note at
-- roles: hasp_audit hasp_operator
-- reads
SELECT c.seq, c.note, hasp.unix_us(c.at)
FROM hasp.checkpoint c ORDER BY c.seq DESC LIMIT 1
