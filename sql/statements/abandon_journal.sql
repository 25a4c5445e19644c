-- SPDX-License-Identifier: ISC
-- Closes a journal that will not come back; what hasp.abandon_journal says.
-- $1 number integer
-- columns: result
-- roles: hasp_operator
-- writes
SELECT hasp.abandon_journal($1)
