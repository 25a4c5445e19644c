-- SPDX-License-Identifier: ISC
-- Keeps others from changing a key until the transaction ends.
-- $1 account bigint
-- $2 id text
-- columns: id
-- roles: hasp_apps hasp_keys hasp_operator
-- writes
SELECT k.id
FROM hasp.key k
WHERE k.account = $1 AND k.id = $2
FOR UPDATE
