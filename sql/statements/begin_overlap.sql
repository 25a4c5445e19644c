-- SPDX-License-Identifier: ISC
-- Begins the overlap that waits for a secret's first use.
-- $1 key text
-- $2 version integer
-- columns: in_force
-- roles: hasp_accounts hasp_apps hasp_audit hasp_auth hasp_keys
-- writes
SELECT hasp.begin_overlap($1, $2)
