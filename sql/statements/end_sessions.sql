-- SPDX-License-Identifier: ISC
-- Ends all sessions of a member, and their proofs.
-- $1 member bigint
-- columns:
-- roles: hasp_accounts hasp_operator
-- writes
DELETE FROM hasp.session
WHERE member = $1
