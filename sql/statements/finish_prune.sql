-- SPDX-License-Identifier: ISC
-- Drops what was prepared.
-- $1 seq bigint
-- columns: partitions
-- roles: hasp_operator
-- writes
SELECT hasp.finish_prune($1)
