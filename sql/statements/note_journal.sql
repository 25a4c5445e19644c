-- SPDX-License-Identifier: ISC
-- Says up to when a journal is complete; the position that comes next.
-- $1 number integer
-- $2 old bigint
-- $3 complete bigint
-- $4 closed boolean
-- columns: known
-- roles: hasp_accounts hasp_apps hasp_audit hasp_auth hasp_keys
-- writes
SELECT hasp.note_journal($1, $2, $3, $4) AS known
