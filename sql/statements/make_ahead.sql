-- SPDX-License-Identifier: ISC
-- Makes the partitions that will be needed.
-- columns: none
-- roles: hasp_operator
-- writes
SELECT hasp.make_ahead()
