-- SPDX-License-Identifier: ISC
-- The last event of an account's chain.
-- $1 account bigint
-- columns: seq at hash
-- roles: hasp_audit hasp_operator
-- reads
SELECT h.seq, hasp.unix_us(h.at), encode(h.hash, 'hex')
FROM hasp.audit_head h
WHERE h.account = $1
