-- SPDX-License-Identifier: ISC
-- The session behind the digest of a cookie's token; notes that it was seen.
-- $1 digest bytea
-- columns: account status region api_host member email may_administer totp
--	created idle_expires expires
-- roles: hasp_accounts hasp_apps hasp_audit hasp_keys
-- writes
SELECT account, status, region, api_host, member, email, may_administer,
    totp, created, idle_expires, expires
FROM hasp.look_up_session($1)
