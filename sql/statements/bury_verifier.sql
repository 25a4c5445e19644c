-- SPDX-License-Identifier: ISC
-- Marks a verifier dead, unless it was renewed.
-- $1 verifier text
-- $2 renewals bigint
-- columns: buried
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- writes
SELECT hasp.bury_verifier($1, $2)
