-- SPDX-License-Identifier: ISC
-- Whether a database of the cluster is there: no row if not.
-- $1 name text
-- columns: name
-- roles: any
-- reads
SELECT datname FROM pg_database WHERE datname = $1::text
