-- SPDX-License-Identifier: ISC
-- The number of the last change, made safe on the standbys.
-- columns: number replicated
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- writes
SELECT number, replicated FROM hasp.begin_barrier()
