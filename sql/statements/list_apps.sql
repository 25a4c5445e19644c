-- SPDX-License-Identifier: ISC
-- Apps that an account made, in order of making, from the first after a given
-- one on.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 after uuid (NULL: the first)
-- $3 limit bigint
-- columns: guid account name publisher home_page created_by created removed
--	removed_by revision
-- roles: hasp_apps hasp_operator
-- reads
SELECT a.guid, a.account, a.name, a.publisher, a.home_page, a.created_by,
    hasp.unix_us(a.created_at), hasp.unix_us(a.removed_at), a.removed_by,
    a.revision
FROM hasp.app a
WHERE ($1::bigint IS NULL OR a.account = $1)
    AND ($2::uuid IS NULL OR (a.created_at, a.guid) > (SELECT o.created_at,
        o.guid FROM hasp.app o
        WHERE o.guid = $2 AND ($1 IS NULL OR o.account = $1)))
ORDER BY a.created_at, a.guid
LIMIT $3
