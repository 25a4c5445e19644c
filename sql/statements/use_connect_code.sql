-- SPDX-License-Identifier: ISC
-- Uses a connect code of an account up; changes nothing if it was used or has
-- ended.
-- $1 account bigint
-- $2 digest bytea
-- columns:
-- roles: hasp_apps
-- writes
UPDATE hasp.connect_code c
SET used_at = now()
WHERE c.account = $1 AND c.digest = $2 AND c.used_at IS NULL
    AND c.expires_at > now()
