-- SPDX-License-Identifier: ISC
-- When an event of account 0 was, and its hash.
-- $1 seq bigint
-- columns: at hash
-- roles: hasp_operator
-- reads
SELECT hasp.unix_us(e.at), hasp.audit_field(encode(e.hash, 'hex'))
FROM hasp.audit_event e
WHERE e.account = 0 AND e.seq = $1
ORDER BY e.at DESC
LIMIT 1
