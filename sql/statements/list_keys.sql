-- SPDX-License-Identifier: ISC
-- Keys of an account in order of making, from the first after a given one
-- ('': the first): a row for each secret, the newest of a key first.
-- $1 account bigint
-- $2 after text
-- $3 limit bigint
-- columns: account id name kind role environment ranges created not_before
--	expires disabled revoked revoked_why version last_four s_created
--	s_not_before s_expires s_revoked
-- roles: hasp_keys hasp_operator
-- reads
SELECT k.account, k.id, k.name, k.kind, k.role, k.environment,
    array_to_string(k.allowed_ranges, ' '), hasp.unix_us(k.created_at),
    hasp.unix_us(k.not_before), hasp.unix_us(k.expires_at),
    hasp.unix_us(k.disabled_at), hasp.unix_us(k.revoked_at), k.revoked_why,
    s.version, s.last_four, hasp.unix_us(s.created_at),
    hasp.unix_us(s.not_before), hasp.unix_us(s.expires_at),
    hasp.unix_us(s.revoked_at)
FROM (SELECT * FROM hasp.key
    WHERE account = $1
        AND ($2 = '' OR (created_at, id) > (SELECT o.created_at, o.id
            FROM hasp.key o WHERE o.id = $2 AND o.account = $1))
    ORDER BY created_at, id
    LIMIT $3) k
LEFT JOIN hasp.secret s ON s.key_id = k.id
ORDER BY k.created_at, k.id, s.version DESC
