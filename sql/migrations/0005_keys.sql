-- SPDX-License-Identifier: ISC
-- What the program keys and haspctl may do with overlaps that start at the
-- first use, and with what is known about uses. Runs as hasp_owner inside a
-- transaction of the migrator.

GRANT SELECT ON hasp.secret_use TO hasp_keys;
GRANT SELECT (overlap_seconds) ON hasp.secret TO hasp_keys;
GRANT INSERT (overlap_seconds) ON hasp.secret TO hasp_keys, hasp_operator;
GRANT UPDATE (overlap_seconds) ON hasp.secret TO hasp_keys, hasp_operator;
