-- SPDX-License-Identifier: ISC
-- Whether the database answers and this role may look keys up.
-- columns: ready
-- roles: hasp_accounts hasp_apps hasp_audit hasp_auth hasp_keys hasp_operator
-- reads
SELECT has_function_privilege('hasp.look_up_keys(bytea)', 'EXECUTE')
