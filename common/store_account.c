/* SPDX-License-Identifier: ISC */
#include "store_account.h"

#include "store_row.h"

/* ROW has the columns of find_account. */
static void
store_account_read(struct store_row *row, void *out)
{
	*(struct store_account *)out = (struct store_account){
		.id = store_row_int(row, 0),
		.name = store_row_text(row, 1),
		.plan = store_row_text(row, 2),
		.region = store_row_text(row, 3),
		.api_host = store_row_text(row, 4),
		.status = store_row_text(row, 5),
		.created = store_row_int(row, 6),
		.keys = store_row_int(row, 7),
	};
}

enum err
store_account_create(struct db *db, struct arena *arena, struct str name,
    struct str plan, struct str region, struct store_account *out)
{
	struct db_param params[] = {
		db_text(name), db_text(plan), db_text(region)
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_CREATE_ACCOUNT, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) == 0)
		return ERR_NOT_FOUND;
	return store_account_find(db, arena, db_get_int(result, 0, 0), out);
}

enum err
store_account_find(struct db *db, struct arena *arena, int64_t id,
    struct store_account *out)
{
	struct db_param params[] = { db_int(id) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_ACCOUNT, params,
	    ARRAY_LEN(params), &result);
	struct store_row row = { .result = result, .arena = arena };

	if (err != ERR_OK)
		return err;
	if (db_rows(result) == 0)
		return ERR_NOT_FOUND;
	store_account_read(&row, out);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_account_list(struct db *db, struct arena *arena, int64_t after,
    int limit, struct store_account **out, size_t *count)
{
	struct db_param params[] = { db_int(after), db_int(limit) };
	const struct store_row_query query = {
		STATEMENT_LIST_ACCOUNTS, params, ARRAY_LEN(params),
		sizeof(**out), store_account_read,
	};
	void *rows;
	enum err err = store_row_list(db, arena, &query, &rows, count);

	if (err == ERR_OK)
		*out = rows;
	return err;
}

/* Columns of describe_account. */
static void
store_account_read_own(struct store_row *row, struct store_account_own *out)
{
	*out = (struct store_account_own){
		.id = store_row_int(row, 0),
		.name = store_row_text(row, 1),
		.status = store_row_text(row, 2),
		.plan = store_row_text(row, 3),
		.plan_name = store_row_text(row, 4),
		.self_service = store_row_bool(row, 5),
		.max_keys = db_is_null(row->result, row->row, 6) ? -1 :
		    store_row_int(row, 6),
		.rate = store_row_int(row, 7),
		.burst = store_row_int(row, 8),
		.daily_quota = store_row_int(row, 9),
		.region = store_row_text(row, 10),
		.region_name = store_row_text(row, 11),
		.api_host = store_row_text(row, 12),
		.keys = store_row_int(row, 13),
		.machine_keys = store_row_bool(row, 14),
		.legacy_deprecated = store_row_int(row, 15),
		.legacy_sunset = store_row_int(row, 16),
		.legacy_link = store_row_text(row, 17),
		.legacy_policy = store_row_text(row, 18),
	};
}

enum err
store_account_describe(struct db *db, struct arena *arena, int64_t id,
    struct store_account_own *out)
{
	struct db_param params[] = { db_int(id) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_DESCRIBE_ACCOUNT, params,
	    ARRAY_LEN(params), &result);
	struct store_row row = { .result = result, .arena = arena };

	if (err != ERR_OK)
		return err;
	if (db_rows(result) == 0)
		return ERR_NOT_FOUND;
	store_account_read_own(&row, out);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_account_set_machine_keys(struct db *db, int64_t id, bool allowed)
{
	struct db_param params[] = { db_int(id), db_bool(allowed) };
	size_t rows = 0;
	enum err err = store_row_touch(db, STATEMENT_SET_MACHINE_KEYS, params,
	    ARRAY_LEN(params), &rows);

	return err == ERR_OK && rows != 1 ? ERR_NOT_FOUND : err;
}
