-- SPDX-License-Identifier: ISC
-- Ends the sessions of a member that have expired, and the oldest until so
-- many are left.
-- $1 account bigint
-- $2 member bigint
-- $3 keep bigint
-- columns:
-- roles: hasp_accounts
-- writes
DELETE FROM hasp.session s
WHERE s.account = $1 AND s.member = $2 AND s.digest NOT IN (
    SELECT o.digest FROM hasp.session o
    WHERE o.account = $1 AND o.member = $2 AND o.expires_at > now()
        AND o.seen_at + o.idle_seconds * interval '1 second' > now()
    ORDER BY o.created_at DESC, o.digest
    LIMIT $3)
