-- SPDX-License-Identifier: ISC
-- Adds a secret to an app under the version given.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- $3 digest bytea
-- $4 version integer
-- $5 last_four text
-- columns:
-- roles: hasp_apps hasp_operator
-- writes
INSERT INTO hasp.app_secret (digest, app, version, last_four)
SELECT $3, a.guid, $4, $5
FROM hasp.app a
WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1)
