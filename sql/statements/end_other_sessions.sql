-- SPDX-License-Identifier: ISC
-- Ends all sessions of a member but one.
-- $1 account bigint
-- $2 member bigint
-- $3 digest bytea (of the one)
-- columns:
-- roles: hasp_accounts
-- writes
DELETE FROM hasp.session
WHERE account = $1 AND member = $2 AND digest <> $3
