-- SPDX-License-Identifier: ISC
-- Requests with an account's keys by hour or day, and what became of them.
-- $1 account bigint
-- $2 by_day boolean
-- $3 since timestamptz
-- $4 until timestamptz
-- columns: start code count
-- roles: hasp_audit hasp_keys hasp_operator
-- reads
SELECT hasp.unix_us(b.start), b.code, sum(b.count)::bigint
FROM (SELECT date_trunc(CASE WHEN $2 THEN 'day' ELSE 'hour' END, h.hour,
        'UTC') AS start, h.code, h.count
    FROM hasp.usage_hour h
    WHERE h.account = $1 AND h.hour >= $3 AND h.hour < $4) b
GROUP BY b.start, b.code
ORDER BY b.start, b.code
