-- SPDX-License-Identifier: ISC
-- Gives a key new values for all that can be changed.
-- $1 account bigint
-- $2 id text
-- $3 name text
-- $4 role text
-- $5 ranges text (separated by spaces, '' for none)
-- $6 rate integer (NULL: as the plan says)
-- $7 burst integer (NULL with the rate)
-- $8 not_before timestamptz
-- $9 expires timestamptz
-- $10 daily_quota integer (NULL: as the plan says)
-- columns:
-- roles: hasp_keys hasp_operator
-- writes
UPDATE hasp.key k
SET name = $3, role = $4,
    allowed_ranges = CASE WHEN $5 = '' THEN '{}'
        ELSE string_to_array($5, ' ')::cidr[] END,
    rate_per_second = $6, rate_burst = $7, not_before = $8, expires_at = $9,
    daily_quota = $10
WHERE k.account = $1 AND k.id = $2
