-- SPDX-License-Identifier: ISC
-- Uses up a proof of re-authentication that counts in a session.
-- $1 session bytea
-- $2 proof bytea
-- columns: counts
-- roles: hasp_accounts hasp_apps hasp_keys
-- writes
SELECT hasp.use_proof($1, $2)
