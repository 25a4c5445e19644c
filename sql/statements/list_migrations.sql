-- SPDX-License-Identifier: ISC
-- Migrations that were applied to this database.
-- columns: number name digest applied_at
-- roles: hasp_owner hasp_operator
-- reads
SELECT number, name, digest,
    (extract(epoch FROM applied_at) * 1000000)::bigint
FROM hasp.schema_migration
ORDER BY number
