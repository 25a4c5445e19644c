-- SPDX-License-Identifier: ISC
-- Connections of an app, the newest first, two at most: those in force or, with
-- an account, all of its.
-- $1 guid uuid
-- $2 account bigint (0: any)
-- columns: id account role environment revoked status plan_active
-- roles: hasp_apps
-- reads
SELECT id, account, role, environment, revoked, status, plan_active
FROM hasp.find_connections($1, nullif($2::bigint, 0))
