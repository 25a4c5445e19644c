-- SPDX-License-Identifier: ISC
-- Adds a secret to an app under the version given.
-- $1 app uuid
-- $2 digest bytea
-- $3 version integer
-- $4 last_four text
-- columns:
-- roles: hasp_apps hasp_operator
-- writes
INSERT INTO hasp.app_secret (app, digest, version, last_four)
VALUES ($1, $2, $3, $4)
