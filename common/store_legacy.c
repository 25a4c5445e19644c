/* SPDX-License-Identifier: ISC */
#include "store_legacy.h"

#include "store_row.h"

enum err
store_legacy_find(struct db *db, struct arena *arena, int64_t account,
    struct decision_legacy *out)
{
	struct db_param params[] = { db_int(account) };
	struct db_result *result CLEANUP_RESULT = NULL;
	struct store_row row = { .arena = arena };
	enum err err = db_run(db, STATEMENT_FIND_LEGACY, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	row.result = result;
	*out = (struct decision_legacy){
		.deprecated = store_row_int(&row, 0),
		.sunset = store_row_int(&row, 1),
		.link = str_of(store_row_text(&row, 2)),
		/* In doubt it refuses. */
		.refuses = !str_eq(db_get_text(result, 0, 3), STR("warn")),
	};
	return row.failed ? ERR_MEMORY : ERR_OK;
}
