-- SPDX-License-Identifier: ISC
-- Takes a verifier's row away.
-- $1 verifier text
-- columns: touched
-- roles: hasp_auth
-- writes
SELECT hasp.leave_verifier($1)
