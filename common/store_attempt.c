/* SPDX-License-Identifier: ISC */
#include "store_attempt.h"

#include "store_row.h"

enum err
store_attempt_begin(struct db *db, const struct store_attempt *a, int free,
    int64_t *wait_ms)
{
	struct db_param params[] = {
		db_text(a->who), db_text(a->place), db_int(free),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, a->kind == STORE_ATTEMPT_CLIENT ?
	    STATEMENT_BEGIN_CLIENT_ATTEMPT : STATEMENT_BEGIN_ATTEMPT, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1 || db_is_null(result, 0, 0))
		return ERR_INTERNAL;
	*wait_ms = db_get_int(result, 0, 0);
	return ERR_OK;
}

static enum err
store_attempt_settle(struct db *db, enum statement statement,
    const struct store_attempt *a)
{
	struct db_param params[] = { db_text(a->who), db_text(a->place) };

	return store_row_touch(db, statement, params, ARRAY_LEN(params), NULL);
}

enum err
store_attempt_end(struct db *db, const struct store_attempt *a)
{
	return store_attempt_settle(db, STATEMENT_END_ATTEMPT, a);
}

enum err
store_attempt_drop(struct db *db, const struct store_attempt *a)
{
	return store_attempt_settle(db, STATEMENT_DROP_ATTEMPT, a);
}
