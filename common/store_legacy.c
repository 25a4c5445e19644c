/* SPDX-License-Identifier: ISC */
#include "store_legacy.h"

#include <string.h>

enum err
store_legacy_find(struct db *db, int64_t account, struct decision_record *out)
{
	struct db_param params[] = { db_int(account) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_LEGACY, params,
	    ARRAY_LEN(params), &result);
	struct str link;

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	link = db_get_text(result, 0, 2);
	if (link.len > 0 && !decision_is_link(link))
		return ERR_INTERNAL;
	out->legacy_deprecated = db_get_int(result, 0, 0);
	out->legacy_sunset = db_get_int(result, 0, 1);
	memset(out->legacy_link, 0, sizeof(out->legacy_link));
	memcpy(out->legacy_link, link.ptr, link.len);
	/* In doubt it refuses. */
	out->legacy_refuses = !str_eq(db_get_text(result, 0, 3),
	    STR("warn"));
	return ERR_OK;
}
