-- SPDX-License-Identifier: ISC
-- Keeps others from changing an app until the transaction ends.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- columns: guid
-- roles: hasp_apps hasp_operator
-- writes
SELECT a.guid
FROM hasp.app a
WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1)
FOR NO KEY UPDATE
