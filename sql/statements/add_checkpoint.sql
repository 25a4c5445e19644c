-- SPDX-License-Identifier: ISC
-- Keeps a checkpoint of an event of account 0; whether that could be done.
-- $1 seq bigint
-- $2 at timestamptz
-- $3 hash bytea
-- $4 note text
-- columns: kept
-- roles: hasp_operator
-- writes
SELECT hasp.add_checkpoint($1, $2, $3, $4)
