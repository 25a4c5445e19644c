-- SPDX-License-Identifier: ISC
-- The app of a guid and a secret. No row: there is none such, it was removed, or
-- the secret has ended.
-- $1 guid uuid
-- $2 digest bytea
-- columns: account name publisher secret_version
-- roles: hasp_apps
-- reads
SELECT account, name, publisher, secret_version
FROM hasp.find_client($1, $2)
