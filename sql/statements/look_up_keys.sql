-- SPDX-License-Identifier: ISC
-- The records behind the digests of keys' texts: the one query of a check.
-- $1 digests bytea
-- columns: records (lines of text, see hasp.look_up_keys)
-- roles: hasp_accounts hasp_apps hasp_audit hasp_auth hasp_keys
-- reads
SELECT hasp.look_up_keys($1)
