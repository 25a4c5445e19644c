/* SPDX-License-Identifier: ISC */
#include "store_lines.h"

#define STORE_LINES_PAGE 1000
#define STORE_LINES_USES 5000	/* of a batch, mostly all of it */

/* Gives column 0 of each row away; COUNT rows. */
static enum err
store_lines_take(const struct db_result *result,
    const struct store_lines_sink *sink)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < db_rows(result) && err == ERR_OK; i++)
		err = sink->take(sink->arg, db_get_text(result, i, 0));
	return err;
}

/* A page of events; AT and SEQ move to its last one, COUNT rows. */
static enum err
store_lines_page(struct db *db, const struct chainline_head *head,
    int64_t *at, int64_t *seq, size_t *count,
    const struct store_lines_sink *sink)
{
	struct db_param params[] = {
		db_int(head->id), db_time(*at), db_int(*seq),
		db_time(head->upto_at), db_int(head->upto),
		db_int(STORE_LINES_PAGE),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_READ_EVENTS, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	*count = db_rows(result);
	if (*count > 0) {
		*at = db_get_int(result, *count - 1, 1);
		*seq = db_get_int(result, *count - 1, 2);
	}
	return store_lines_take(result, sink);
}

enum err
store_lines_events(struct db *db, const struct chainline_head *head,
    const struct store_lines_sink *sink)
{
	int64_t at = head->from_at, seq = head->from;
	size_t count = STORE_LINES_PAGE;
	enum err err = ERR_OK;

	while (err == ERR_OK && count == STORE_LINES_PAGE)
		err = store_lines_page(db, head, &at, &seq, &count, sink);
	return err;
}

/* The uses of a batch: positions FROM to NEXT of JOURNAL, on DAY. */
static enum err
store_lines_batch(struct db *db, int64_t journal, int64_t first, int64_t next,
    int64_t day, const struct store_lines_sink *sink)
{
	size_t count = STORE_LINES_USES;
	int64_t from = first;
	enum err err = ERR_OK;

	while (err == ERR_OK && count == STORE_LINES_USES) {
		struct db_param params[] = {
			db_int(journal), db_int(from), db_int(next),
			db_time(day), db_int(first), db_int(STORE_LINES_USES),
		};
		struct db_result *result CLEANUP_RESULT = NULL;

		err = db_run(db, STATEMENT_READ_USES, params,
		    ARRAY_LEN(params), &result);
		if (err != ERR_OK)
			return err;
		count = db_rows(result);
		if (count > 0)
			from = db_get_int(result, count - 1, 1) + 1;
		err = store_lines_take(result, sink);
	}
	return err;
}

/* A page of batches and their uses; FROM moves behind its last one. */
static enum err
store_lines_batch_page(struct db *db, const struct chainline_head *head,
    int64_t *from, size_t *count, const struct store_lines_sink *sink)
{
	struct db_param params[] = {
		db_int(head->id), db_int(*from), db_int(head->upto),
		db_int(STORE_LINES_PAGE),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_READ_BATCHES, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	*count = db_rows(result);
	for (size_t i = 0; i < *count && err == ERR_OK; i++) {
		*from = db_get_int(result, i, 1) + 1;
		err = sink->take(sink->arg, db_get_text(result, i, 0));
		if (err == ERR_OK)
			err = store_lines_batch(db, head->id,
			    db_get_int(result, i, 1),
			    db_get_int(result, i, 2),
			    db_get_int(result, i, 3), sink);
	}
	return err;
}

enum err
store_lines_batches(struct db *db, const struct chainline_head *head,
    const struct store_lines_sink *sink)
{
	size_t count = STORE_LINES_PAGE;
	int64_t from = head->from;
	enum err err = ERR_OK;

	while (err == ERR_OK && count == STORE_LINES_PAGE)
		err = store_lines_batch_page(db, head, &from, &count, sink);
	return err;
}

enum err
store_lines_uses(struct db *db, int64_t account, int64_t since, int64_t until,
    const struct store_lines_sink *sink)
{
	size_t count = STORE_LINES_PAGE;
	int64_t at = 0, journal = 0, pos = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && count == STORE_LINES_PAGE) {
		struct db_param params[] = {
			db_int(account), db_time(since), db_time(until),
			db_time(at), db_int(journal), db_int(pos),
			db_int(STORE_LINES_PAGE),
		};
		struct db_result *result CLEANUP_RESULT = NULL;

		err = db_run(db, STATEMENT_READ_ACCOUNT_USES, params,
		    ARRAY_LEN(params), &result);
		if (err != ERR_OK)
			return err;
		count = db_rows(result);
		if (count > 0) {
			at = db_get_int(result, count - 1, 1);
			journal = db_get_int(result, count - 1, 2);
			pos = db_get_int(result, count - 1, 3);
		}
		err = store_lines_take(result, sink);
	}
	return err;
}

enum err
store_lines_anchors(struct db *db, const struct store_lines_sink *sink)
{
	struct db_param params[] = { db_int(INT32_MAX) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_READ_ANCHORS, params,
	    ARRAY_LEN(params), &result);

	return err == ERR_OK ? store_lines_take(result, sink) : err;
}
