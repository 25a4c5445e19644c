-- SPDX-License-Identifier: ISC
-- Makes an account of a plan and a region; '' takes the only one there is.
-- No row comes back if there is no such plan or region, or several for ''.
-- $1 name text
-- $2 plan text
-- $3 region text
-- columns: id
-- roles: hasp_operator
-- writes
INSERT INTO hasp.account (name, plan, region)
SELECT $1, p.code, r.code
FROM hasp.plan p, hasp.region r
WHERE (p.code = $2 OR $2 = '' AND (SELECT count(*) FROM hasp.plan) = 1)
    AND (r.code = $3 OR $3 = '' AND (SELECT count(*) FROM hasp.region) = 1)
RETURNING id
