/* SPDX-License-Identifier: ISC */
#include "store_row.h"

const char *
store_row_text(struct store_row *row, int column)
{
	struct str text = db_get_text(row->result, row->row, column);
	char *copy = arena_copy(row->arena, text.ptr, text.len);

	if (copy == NULL) {
		row->failed = true;
		return "";
	}
	return copy;
}

int64_t
store_row_int(const struct store_row *row, int column)
{
	return db_get_int(row->result, row->row, column);
}

bool
store_row_bool(const struct store_row *row, int column)
{
	return db_get_bool(row->result, row->row, column);
}

enum err
store_row_touch(struct db *db, enum statement statement,
    const struct db_param *params, size_t param_count, size_t *count)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, statement, params, param_count, &result);

	if (err == ERR_OK && count != NULL)
		*count = db_rows(result);
	return err;
}

struct db_param
store_row_digest(const struct digest *digest)
{
	return db_bytes(digest->bytes, sizeof(digest->bytes));
}
