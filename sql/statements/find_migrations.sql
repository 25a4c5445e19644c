-- SPDX-License-Identifier: ISC
-- Whether migrations were ever applied to this database.
-- columns: any
-- roles: any
-- reads
SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n
    ON n.oid = c.relnamespace
    WHERE n.nspname = 'hasp' AND c.relname = 'schema_migration')
