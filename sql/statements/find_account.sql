-- SPDX-License-Identifier: ISC
-- One account.
-- $1 id bigint
-- columns: id name plan region api_host status created keys
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- reads
SELECT a.id, a.name, a.plan, a.region, r.api_host, a.status,
    hasp.unix_us(a.created_at),
    (SELECT count(*) FROM hasp.key k
        WHERE k.account = a.id AND k.revoked_at IS NULL
            AND k.created_by !~ '^app:')
FROM hasp.account a JOIN hasp.region r ON r.code = a.region
WHERE a.id = $1
