-- SPDX-License-Identifier: ISC
-- Makes a journal known; what stands for it and the position to ship from.
-- $1 id uuid
-- $2 host text
-- $3 program text
-- $4 kept bigint
-- columns: own_number ship_from
-- roles: hasp_accounts hasp_apps hasp_audit hasp_auth hasp_keys
-- writes
SELECT own_number, ship_from FROM hasp.open_journal($1, $2, $3, $4)
