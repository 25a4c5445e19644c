-- SPDX-License-Identifier: ISC
-- Whether an event of the last hour says that this was begun to be read.
-- $1 account bigint
-- $2 seq bigint
-- $3 actor text
-- $4 detail jsonb
-- columns: found
-- roles: hasp_audit hasp_operator
-- reads
SELECT true
FROM hasp.audit_event e
WHERE e.account = $1 AND e.at > now() - interval '1 hour' AND e.seq = $2
    AND e.actor = $3 AND e.event = 'audit_read' AND e.detail::jsonb = $4
