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
