-- SPDX-License-Identifier: ISC
-- Whose key it is.
-- $1 id text
-- columns: account
-- roles: hasp_apps hasp_keys hasp_operator
-- reads
SELECT account FROM hasp.key WHERE id = $1
