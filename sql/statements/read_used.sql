-- SPDX-License-Identifier: ISC
-- How many requests of keys were let in on a day, as far as they were counted.
-- $1 keys text (an id on each line)
-- $2 day integer (UTC, days since 1970)
-- columns: used (a number on each line, see hasp.read_used)
-- roles: hasp_accounts hasp_apps hasp_audit hasp_auth hasp_keys
-- reads
SELECT hasp.read_used($1, $2)
