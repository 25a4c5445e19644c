-- SPDX-License-Identifier: ISC
-- Makes a key; its first secret follows in the same transaction.
-- $1 id text
-- $2 account bigint
-- $3 name text
-- $4 kind text
-- $5 role text
-- $6 environment text
-- $7 ranges text (separated by spaces, '' for none)
-- $8 rate integer (NULL: as the plan says)
-- $9 burst integer (NULL with the rate)
-- $10 actor text
-- $11 not_before timestamptz
-- $12 expires timestamptz
-- $13 daily_quota integer (NULL: as the plan says)
-- columns:
-- roles: hasp_keys hasp_operator
-- writes
INSERT INTO hasp.key (id, account, name, kind, role, environment,
    allowed_ranges, rate_per_second, rate_burst, created_by, not_before,
    expires_at, daily_quota)
VALUES ($1, $2, $3, $4, $5, $6,
    CASE WHEN $7 = '' THEN '{}' ELSE string_to_array($7, ' ')::cidr[] END,
    $8, $9, $10, $11, $12, $13)
