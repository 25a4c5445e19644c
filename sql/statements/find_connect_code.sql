-- SPDX-License-Identifier: ISC
-- What the connect code of a digest asks for.
-- $1 digest bytea
-- columns: account app name publisher home_page owner removed role environment
--	expires expired used
-- roles: hasp_apps
-- reads
SELECT account, app, name, publisher, home_page, owner, removed, role,
    environment, expires, expired, used
FROM hasp.find_connect_code($1)
