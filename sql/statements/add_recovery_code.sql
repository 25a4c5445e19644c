-- SPDX-License-Identifier: ISC
-- Adds a recovery code of a member.
-- $1 digest bytea
-- $2 account bigint
-- $3 member bigint
-- columns:
-- roles: hasp_accounts
-- writes
INSERT INTO hasp.recovery_code (digest, account, member)
VALUES ($1, $2, $3)
