/* SPDX-License-Identifier: ISC */
#include "store_head.h"

#include "store_row.h"

static void
store_head_read(struct store_row *row, void *out)
{
	struct store_head *head = out;

	head->seq = store_row_int(row, 0);
	head->at = store_row_int(row, 1);
	head->hash = store_row_text(row, 2);
}

enum err
store_head_find(struct db *db, struct arena *arena, int64_t account,
    struct store_head *out)
{
	const struct db_param params[] = { db_int(account) };
	const struct store_row_query query = {
		.statement = STATEMENT_FIND_HEAD,
		.params = params,
		.param_count = ARRAY_LEN(params),
		.size = sizeof(*out),
		.read = store_head_read,
	};
	size_t count;
	void *rows;
	enum err err = store_row_list(db, arena, &query, &rows, &count);

	*out = (struct store_head){ .hash = "" };
	if (err == ERR_OK && count > 0)
		*out = *(struct store_head *)rows;
	return err;
}
