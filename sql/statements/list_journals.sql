-- SPDX-License-Identifier: ISC
-- Journals in the order in which they were first heard of, the last thousand;
-- the open ones alone, or all.
-- $1 all boolean
-- columns: number host program opened shipped known closed lost
-- roles: hasp_operator
-- reads
SELECT j.number, j.host, j.program, hasp.unix_us(j.opened_at), j.shipped,
    hasp.unix_us(j.complete_at), hasp.unix_us(j.closed_at), j.lost
FROM (SELECT * FROM hasp.journal o
    WHERE $1 OR o.closed_at IS NULL
    ORDER BY o.number DESC
    LIMIT 1000) j
ORDER BY j.number
