-- SPDX-License-Identifier: ISC
-- Says as of when an account's keys of the legacy kind are deprecated. What is
-- not to be set stays as it is.
-- $1 account bigint
-- $2 set_deprecated boolean (whether the next counts; it may be NULL: none)
-- $3 deprecated timestamptz
-- $4 set_sunset boolean (as $2)
-- $5 sunset timestamptz
-- $6 link text (NULL: as it is; '': none)
-- $7 policy text (NULL: as it is)
-- columns:
-- roles: hasp_operator
-- writes
UPDATE hasp.account SET
    legacy_deprecated_at = CASE WHEN $2::boolean THEN $3::timestamptz
        ELSE legacy_deprecated_at END,
    legacy_sunset_at = CASE WHEN $4::boolean THEN $5::timestamptz
        ELSE legacy_sunset_at END,
    legacy_link = nullif(coalesce($6::text, legacy_link), ''),
    legacy_policy = coalesce($7::text, legacy_policy)
WHERE id = $1
