-- SPDX-License-Identifier: ISC
-- Ends a change: its number, if it is one of a cached field.
-- columns: number replicated
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- writes
SELECT number, replicated FROM hasp.close_change()
