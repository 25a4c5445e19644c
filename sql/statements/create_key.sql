-- SPDX-License-Identifier: ISC
-- Makes a key; its first secret follows in the same transaction.
-- $1 id text
-- $2 account bigint
-- $3 name text
-- $4 kind text
-- $5 role text
-- $6 environment text
-- $7 ranges text (separated by spaces, '' for none)
-- $8 not_before timestamptz
-- $9 expires timestamptz
-- columns:
-- roles: hasp_operator
-- writes
INSERT INTO hasp.key (id, account, name, kind, role, environment,
    allowed_ranges, created_by, not_before, expires_at)
VALUES ($1, $2, $3, $4, $5, $6,
    CASE WHEN $7 = '' THEN '{}' ELSE string_to_array($7, ' ')::cidr[] END,
    'operator', $8, $9)
