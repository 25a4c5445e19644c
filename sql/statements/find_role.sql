-- SPDX-License-Identifier: ISC
-- Whether a role of the cluster is there: no row if not.
-- $1 name text
-- columns: member (whether the role that asks may act as it)
-- roles: any
-- reads
SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = $1::text
