-- SPDX-License-Identifier: ISC
-- Notes a migration that was applied in this transaction.
-- $1 number integer
-- $2 name text
-- $3 digest text
-- columns:
-- roles: hasp_owner
-- writes
INSERT INTO hasp.schema_migration (number, name, digest) VALUES ($1, $2, $3)
