-- SPDX-License-Identifier: ISC
-- Gives all secrets of a key an end some seconds from now, unless they end
-- sooner.
-- $1 key text
-- $2 seconds bigint
-- columns: next_version
-- roles: hasp_keys hasp_operator
-- writes
WITH ended AS (
    UPDATE hasp.secret
    SET expires_at = least(expires_at,
        now() + $2::bigint * interval '1 second')
    WHERE key_id = $1
)
SELECT coalesce(max(version), 0) + 1 FROM hasp.secret WHERE key_id = $1
