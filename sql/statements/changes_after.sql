-- SPDX-License-Identifier: ISC
-- The changes above a number.
-- $1 done bigint
-- columns: number complete changes
-- roles: hasp_auth
-- reads
SELECT number, complete, changes FROM hasp.changes_after($1)
