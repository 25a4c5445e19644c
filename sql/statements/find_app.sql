-- SPDX-License-Identifier: ISC
-- One app that an account made.
-- $1 account bigint (NULL: any, and the operator's)
-- $2 guid uuid
-- columns: guid account name publisher home_page created_by created removed
--	removed_by revision
-- roles: hasp_apps hasp_operator
-- reads
SELECT a.guid, a.account, a.name, a.publisher, a.home_page, a.created_by,
    hasp.unix_us(a.created_at), hasp.unix_us(a.removed_at), a.removed_by,
    a.revision
FROM hasp.app a
WHERE a.guid = $2 AND ($1::bigint IS NULL OR a.account = $1)
