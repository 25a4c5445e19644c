-- SPDX-License-Identifier: ISC
-- Requests with tokens of one app by hour or day, and what became of them.
-- $1 account bigint
-- $2 app uuid
-- $3 by_day boolean
-- $4 since timestamptz
-- $5 until timestamptz
-- columns: start code count
-- roles: hasp_audit hasp_keys hasp_operator
-- reads
SELECT hasp.unix_us(b.start), b.code, sum(b.count)::bigint
FROM (SELECT date_trunc(CASE WHEN $3 THEN 'day' ELSE 'hour' END, h.hour,
        'UTC') AS start, h.code, h.count
    FROM hasp.usage_hour h
    WHERE h.account = $1 AND h.app = $2
        AND h.hour >= $4 AND h.hour < $5) b
GROUP BY b.start, b.code
ORDER BY b.start, b.code
