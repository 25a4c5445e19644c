-- SPDX-License-Identifier: ISC
-- The moment before which all uses are here; NULL: no journal is open.
-- columns: known
-- roles: hasp_apps hasp_audit hasp_keys hasp_operator
-- reads
SELECT hasp.unix_us(hasp.usage_complete())
