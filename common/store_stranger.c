/* SPDX-License-Identifier: ISC */
#include "store_stranger.h"

#include <string.h>

#include "store_row.h"

#define STORE_STRANGER_DIGITS 32

/* Whether it is one that nobody can guess. */
static bool
store_stranger_is_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (memchr("0123456789abcdef", id.ptr[i], 16) == NULL)
			return false;
	return id.len == STORE_STRANGER_DIGITS;
}

/* Columns of look_up_stranger. */
static void
store_stranger_read(struct store_row *row, void *out)
{
	struct store_stranger *s = out;

	s->claimed = store_row_int(row, 3);
	s->event = (struct store_event){
		.is_use = true,
		.at = store_row_int(row, 0),
		.number = store_row_int(row, 1),
		.pos = store_row_int(row, 2),
		.code = store_row_text(row, 4),
		.status = store_row_int(row, 5),
		.method = store_row_text(row, 6),
		.site = store_row_text(row, 7),
		.repeated = store_row_bool(row, 8),
		.address = store_row_text(row, 9),
		.key_id = "",
		.app = "",
	};
}

enum err
store_stranger_find(struct db *db, struct arena *arena, struct str id,
    struct store_stranger **out, size_t *count)
{
	const struct db_param params[] = { db_text(id) };
	const struct store_row_query query = {
		.statement = STATEMENT_LOOK_UP_STRANGER,
		.params = params,
		.param_count = ARRAY_LEN(params),
		.size = sizeof(struct store_stranger),
		.read = store_stranger_read,
	};
	const char *text;
	void *rows;
	enum err err;

	*count = 0;
	if (!store_stranger_is_id(id))
		return ERR_OK;
	text = arena_copy(arena, id.ptr, id.len);
	if (text == NULL)
		return ERR_MEMORY;
	err = store_row_list(db, arena, &query, &rows, count);
	if (err != ERR_OK)
		return err;
	*out = rows;
	for (size_t i = 0; i < *count; i++)
		(*out)[i].event.request_id = text;
	return ERR_OK;
}
