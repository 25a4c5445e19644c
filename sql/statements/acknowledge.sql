-- SPDX-License-Identifier: ISC
-- Acknowledges the changes up to a number.
-- $1 verifier text
-- $2 drained bigint
-- columns: touched
-- roles: hasp_auth
-- writes
SELECT hasp.acknowledge($1, $2)
