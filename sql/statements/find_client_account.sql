-- SPDX-License-Identifier: ISC
-- In whose log a failure to name the app of a guid belongs: its own account's; 0
-- for the operator's, and for one that there is not.
-- $1 guid uuid
-- columns: account
-- roles: hasp_apps
-- reads
SELECT coalesce(hasp.find_client_account($1), 0)
