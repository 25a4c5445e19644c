-- SPDX-License-Identifier: ISC
-- Says that something of a key changed: its revision goes up.
-- $1 account bigint
-- $2 id text
-- columns:
-- roles: hasp_keys hasp_operator
-- writes
UPDATE hasp.key k
SET revision = k.revision
WHERE k.account = $1 AND k.id = $2
