-- SPDX-License-Identifier: ISC
-- Makes a region, or changes of it what is given: NULL leaves a thing as it
-- is. A new one needs a host.
-- $1 code text
-- $2 name text
-- $3 api_host text
-- columns:
-- roles: hasp_operator
-- writes
INSERT INTO hasp.region AS r (code, name, api_host)
SELECT $1::text, coalesce($2::text, o.name, $1),
    coalesce($3::text, o.api_host)
FROM (SELECT) one LEFT JOIN hasp.region o ON o.code = $1
ON CONFLICT (code) DO UPDATE SET name = coalesce($2, r.name),
    api_host = coalesce($3, r.api_host)
