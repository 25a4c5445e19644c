-- SPDX-License-Identifier: ISC
-- How many apps an account has that were not removed.
-- $1 account bigint
-- columns: apps
-- roles: hasp_apps hasp_operator
-- reads
SELECT count(*)
FROM hasp.app a
WHERE a.account = $1 AND a.removed_at IS NULL
