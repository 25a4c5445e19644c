-- SPDX-License-Identifier: ISC
-- Removes a member, and with it its sessions, proofs and codes.
-- $1 account bigint
-- $2 member bigint
-- columns:
-- roles: hasp_accounts
-- writes
DELETE FROM hasp.member
WHERE account = $1 AND id = $2
