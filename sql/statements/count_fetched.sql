-- SPDX-License-Identifier: ISC
-- How many tokens that the app fetched for a connection work, up to a number.
-- $1 account bigint
-- $2 connection bigint
-- $3 most bigint
-- columns: count
-- roles: hasp_apps hasp_keys hasp_operator
-- reads
SELECT count(*)
FROM (SELECT FROM hasp.key k
    WHERE k.connection = $2 AND k.created_by ~ '^app:'
        AND k.expires_at > now() AND k.revoked_at IS NULL
        AND k.account = $1
    LIMIT $3) o
