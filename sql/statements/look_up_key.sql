-- SPDX-License-Identifier: ISC
-- The record behind the digest of a key's text: the one query of a check.
-- $1 digest bytea
-- columns: record (text separated by tabs, see hasp.look_up_key; or NULL)
-- roles: hasp_auth
-- reads
SELECT hasp.look_up_key($1)
