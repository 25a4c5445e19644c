/* SPDX-License-Identifier: ISC */
#include "store_region.h"

#include "store_audit.h"
#include "store_row.h"

enum err
store_region_list(struct db *db, struct arena *arena, struct str code,
    struct store_region **out, size_t *count)
{
	struct db_param params[] = { db_text(code) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LIST_REGIONS, params,
	    ARRAY_LEN(params), &result);
	struct store_row row = { .result = result, .arena = arena };

	if (err != ERR_OK)
		return err;
	*count = db_rows(result);
	*out = arena_alloc(arena, *count * sizeof(**out));
	if (*out == NULL)
		return ERR_MEMORY;
	for (row.row = 0; row.row < *count; row.row++)
		(*out)[row.row] = (struct store_region){
			.code = store_row_text(&row, 0),
			.name = store_row_text(&row, 1),
			.api_host = store_row_text(&row, 2),
			.accounts = store_row_int(&row, 3),
		};
	return row.failed ? ERR_MEMORY : ERR_OK;
}

static enum err
store_region_write(struct store_change *c, struct str code, const char *name,
    const char *api_host)
{
	struct db_param params[] = {
		db_text(code), name == NULL ? db_null() : db_text(str_of(name)),
		api_host == NULL ? db_null() : db_text(str_of(api_host)),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_SET_REGION, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 ? store_audit_region(c, code) :
	    ERR_INTERNAL;
}

enum err
store_region_set(struct store_change *change, struct str code,
    const char *name, const char *api_host)
{
	enum err err = store_change_begin(change);

	if (err == ERR_OK)
		err = store_change_end(change, store_region_write(change, code,
		    name, api_host));
	return err;
}
