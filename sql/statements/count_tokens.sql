-- SPDX-License-Identifier: ISC
-- How many tokens of a connection work, up to a number. Those made by hand are
-- looked for among the account's keys, which are few: of a connection there may
-- be very many that ended.
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
        AND k.disabled_at IS NULL AND k.account = $1
    UNION ALL
    SELECT FROM hasp.key k
    WHERE k.account = $1 AND k.revoked_at IS NULL
        AND k.created_by !~ '^app:' AND k.connection = $2
        AND k.disabled_at IS NULL AND coalesce(k.expires_at > now(), true)
    LIMIT $3) o
