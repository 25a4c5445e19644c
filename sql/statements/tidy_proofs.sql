-- SPDX-License-Identifier: ISC
-- Removes the proofs of a session that have expired, and the oldest until so
-- many are left.
-- $1 account bigint
-- $2 session bytea
-- $3 keep bigint
-- columns:
-- roles: hasp_accounts
-- writes
DELETE FROM hasp.proof p
WHERE p.account = $1 AND p.session = $2 AND p.digest NOT IN (
    SELECT o.digest FROM hasp.proof o
    WHERE o.account = $1 AND o.session = $2 AND o.expires_at > now()
    ORDER BY o.expires_at DESC, o.digest
    LIMIT $3)
