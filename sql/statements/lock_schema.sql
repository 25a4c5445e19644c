-- SPDX-License-Identifier: ISC
-- Keeps others from initializing or migrating this database until the
-- transaction ends.
-- columns: nothing
-- roles: any
-- writes
SELECT pg_advisory_xact_lock(x'68617370'::bigint)
