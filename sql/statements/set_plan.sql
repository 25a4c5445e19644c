-- SPDX-License-Identifier: ISC
-- Makes a plan, or changes of it what is given: NULL leaves a thing as it is.
-- $1 code text
-- $2 name text
-- $3 active boolean
-- $4 self_service boolean
-- $5 set_max_keys boolean (whether the next counts; it may be NULL: no limit)
-- $6 max_keys integer
-- $7 set_rate boolean (whether the next two count; they may be NULL: no rate)
-- $8 rate integer
-- $9 burst integer
-- $10 set_daily_quota boolean (whether the next counts; NULL: none)
-- $11 daily_quota integer
-- columns:
-- roles: hasp_operator
-- writes
INSERT INTO hasp.plan AS p (code, name, active, self_service, max_keys,
    rate_per_second, rate_burst, daily_quota)
SELECT $1::text, coalesce($2::text, o.name, $1),
    coalesce($3::boolean, o.active, true),
    coalesce($4::boolean, o.self_service, true),
    CASE WHEN $5::boolean THEN $6::integer ELSE o.max_keys END,
    CASE WHEN $7::boolean THEN $8::integer ELSE o.rate_per_second END,
    CASE WHEN $7 THEN $9::integer ELSE o.rate_burst END,
    CASE WHEN $10::boolean THEN $11::integer ELSE o.daily_quota END
FROM (SELECT) one LEFT JOIN hasp.plan o ON o.code = $1
ON CONFLICT (code) DO UPDATE SET name = coalesce($2, p.name),
    active = coalesce($3, p.active),
    self_service = coalesce($4, p.self_service),
    max_keys = CASE WHEN $5 THEN $6 ELSE p.max_keys END,
    rate_per_second = CASE WHEN $7 THEN $8 ELSE p.rate_per_second END,
    rate_burst = CASE WHEN $7 THEN $9 ELSE p.rate_burst END,
    daily_quota = CASE WHEN $10 THEN $11 ELSE p.daily_quota END
