-- SPDX-License-Identifier: ISC
-- Refuses a member's logins from now on, or takes that back.
-- $1 member bigint
-- $2 disabled boolean
-- columns:
-- roles: hasp_operator
-- writes
UPDATE hasp.member SET disabled_at = CASE WHEN $2::boolean THEN now() END
WHERE id = $1
