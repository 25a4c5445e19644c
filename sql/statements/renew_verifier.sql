-- SPDX-License-Identifier: ISC
-- Renews a verifier's lease; no row if it has to register.
-- $1 verifier text
-- $2 drained bigint
-- $3 place bigint
-- $4 hits bigint
-- $5 misses bigint
-- columns: number place
-- roles: hasp_auth
-- writes
SELECT number, at FROM hasp.renew_verifier($1, $2, $3, $4,
    $5)
