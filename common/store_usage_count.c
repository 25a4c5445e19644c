/* SPDX-License-Identifier: ISC */
#include "store_usage_count.h"

enum {
	STORE_USAGE_COUNT_START,
	STORE_USAGE_COUNT_CODE,
	STORE_USAGE_COUNT_COUNT,
};

/* A statement for each kind of question: so each has an index. */
static enum err
store_usage_count_run(struct db *db, const struct store_usage_count *wanted,
    struct db_result **result)
{
	bool of_key = wanted->key.len > 0, of_app = wanted->app.len > 0;
	const struct db_param params[] = {
		db_int(wanted->account),
		db_text(of_key ? wanted->key : wanted->app),
		db_bool(wanted->by_day), db_time(wanted->since),
		db_time(wanted->until),
	};
	const struct db_param of_all[] = {
		params[0], params[2], params[3], params[4],
	};

	if (!of_key && !of_app)
		return db_run(db, STATEMENT_COUNT_USAGE, of_all,
		    ARRAY_LEN(of_all), result);
	return db_run(db, of_key ? STATEMENT_COUNT_KEY_USAGE :
	    STATEMENT_COUNT_APP_USAGE, params, ARRAY_LEN(params), result);
}

enum err
store_usage_count_each(struct db *db, const struct store_usage_count *wanted,
    void (*each)(void *arg, int64_t start, const char *code, int64_t count),
    void *arg)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = store_usage_count_run(db, wanted, &result);

	if (err != ERR_OK)
		return err;
	/* The text of a value ends with a NUL that belongs to the result. */
	for (size_t i = 0; i < db_rows(result); i++)
		each(arg, db_get_int(result, i, STORE_USAGE_COUNT_START),
		    db_get_text(result, i, STORE_USAGE_COUNT_CODE).ptr,
		    db_get_int(result, i, STORE_USAGE_COUNT_COUNT));
	return ERR_OK;
}

enum err
store_usage_count_known(struct db *db, int64_t *at)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_KNOWN_USAGE, NULL, 0, &result);

	if (err != ERR_OK)
		return err;
	*at = db_rows(result) == 1 ? db_get_int(result, 0, 0) : 0;
	return ERR_OK;
}
