-- SPDX-License-Identifier: ISC
-- Seals chains: writes their heads into an event of account 0.
-- $1 accounts text
-- $2 journals text
-- columns: seq
-- roles: hasp_operator
-- writes
SELECT hasp.seal_chains($1, $2)
