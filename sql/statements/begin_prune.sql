-- SPDX-License-Identifier: ISC
-- Prepares dropping what is before a day, in microseconds since 1970.
-- $1 before timestamptz
-- columns: seq
-- roles: hasp_operator
-- writes
SELECT hasp.begin_prune(($1 AT TIME ZONE 'UTC')::date)
