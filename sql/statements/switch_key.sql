-- SPDX-License-Identifier: ISC
-- Switches a key off, or on again; touches nothing if it is so already.
-- $1 account bigint
-- $2 id text
-- $3 off boolean
-- columns:
-- roles: hasp_keys hasp_operator
-- writes
UPDATE hasp.key k
SET disabled_at = CASE WHEN $3 THEN now() END
WHERE k.account = $1 AND k.id = $2 AND (k.disabled_at IS NULL) = $3
