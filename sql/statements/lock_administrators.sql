-- SPDX-License-Identifier: ISC
-- Who may administer an account; each waits here for others who would take
-- that away, and then sees what they left.
-- $1 account bigint
-- columns: id
-- roles: hasp_accounts hasp_operator
-- writes
SELECT id
FROM hasp.member
WHERE account = $1 AND may_administer AND disabled_at IS NULL
ORDER BY id
FOR NO KEY UPDATE
