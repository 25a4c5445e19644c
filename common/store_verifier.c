/* SPDX-License-Identifier: ISC */
#include "store_verifier.h"

#include "store_row.h"

enum err
store_verifier_fence(struct db *db, struct store_verifier_fence *out)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_SHOW_FENCE, NULL, 0, &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_INTERNAL;
	*out = (struct store_verifier_fence){
		.seq = db_get_int(result, 0, 0),
		.kept = db_get_int(result, 0, 1),
		.queue = db_get_int(result, 0, 2),
	};
	return ERR_OK;
}

static void
store_verifier_read(struct store_row *row, void *out)
{
	*(struct store_verifier *)out = (struct store_verifier){
		.id = store_row_text(row, 0),
		.host = store_row_text(row, 1),
		.program = store_row_text(row, 2),
		.state = store_row_text(row, 3),
		.lease_left = store_row_int(row, 4),
		.lag = store_row_int(row, 5),
		.hits = store_row_int(row, 6),
		.misses = store_row_int(row, 7),
		.uptime = store_row_int(row, 8),
	};
}

enum err
store_verifier_list(struct db *db, struct arena *arena,
    struct store_verifier **out, size_t *count)
{
	const struct store_row_query query = {
		STATEMENT_LIST_VERIFIERS, NULL, 0, sizeof(**out),
		store_verifier_read,
	};
	void *rows;
	enum err err = store_row_list(db, arena, &query, &rows, count);

	if (err == ERR_OK)
		*out = rows;
	return err;
}
