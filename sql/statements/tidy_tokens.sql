-- SPDX-License-Identifier: ISC
-- Removes a few tokens of a connection that the app fetched and that ended days
-- ago.
-- $1 connection bigint
-- columns: count
-- roles: hasp_apps
-- writes
SELECT hasp.tidy_tokens($1)
