-- SPDX-License-Identifier: ISC
-- How keys of kind api_key are deprecated for an account.
-- $1 account bigint
-- columns: deprecated sunset link policy
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- reads
SELECT hasp.unix_us(a.legacy_deprecated_at), hasp.unix_us(a.legacy_sunset_at),
    a.legacy_link, a.legacy_policy
FROM hasp.account a
WHERE a.id = $1
