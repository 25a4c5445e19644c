/* SPDX-License-Identifier: ISC */
#include "store_journal.h"

#include "store_row.h"

/* By enum store_journal_end, as hasp.abandon_journal says it. */
static const char *const store_journal_ends[] = {
	"abandoned", "unknown", "closed", "alive"
};

static void
store_journal_read(struct store_row *row, void *out)
{
	*(struct store_journal *)out = (struct store_journal){
		.number = store_row_int(row, 0),
		.host = store_row_text(row, 1),
		.program = store_row_text(row, 2),
		.opened = store_row_int(row, 3),
		.shipped = store_row_int(row, 4),
		.known = store_row_int(row, 5),
		.closed = store_row_int(row, 6),
		.lost = store_row_int(row, 7),
	};
}

enum err
store_journal_list(struct db *db, struct arena *arena, bool all,
    struct store_journal **out, size_t *count)
{
	struct db_param param = db_bool(all);
	const struct store_row_query query = {
		STATEMENT_LIST_JOURNALS, &param, 1, sizeof(**out),
		store_journal_read,
	};
	void *rows;
	enum err err = store_row_list(db, arena, &query, &rows, count);

	if (err == ERR_OK)
		*out = rows;
	return err;
}

enum err
store_journal_abandon(struct store_change *c, int64_t number,
    enum store_journal_end *end)
{
	struct db_param param = db_int(number);
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_ABANDON_JOURNAL, &param, 1,
	    &result);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < ARRAY_LEN(store_journal_ends); i++) {
		if (str_eq(db_get_text(result, 0, 0),
		    str_of(store_journal_ends[i]))) {
			*end = (enum store_journal_end)i;
			return ERR_OK;
		}
	}
	return ERR_INTERNAL;
}
