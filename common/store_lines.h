/* SPDX-License-Identifier: ISC */
/*
 * store_lines [layer 5]: the log as lines of an export (docs/tamper.md), read
 * in pages: neither memory nor a transaction grows with it. For operators.
 */
#ifndef HASP_STORE_LINES_H
#define HASP_STORE_LINES_H

#include "chainline.h"
#include "db.h"

/* Who takes the lines; an error ends the reading and comes back. */
struct store_lines_sink {
	enum err (*take)(void *arg, struct str line);
	void *arg;
};

/*
 * Events of the account head->id after head->from (at head->from_at) up to
 * head->upto (at head->upto_at). Errors of db_run, and the sink's.
 */
enum err store_lines_events(struct db *db, const struct chainline_head *head,
    const struct store_lines_sink *sink) MUST_CHECK;

/*
 * Batches of the journal head->id from position head->from up to head->upto,
 * each with its uses after it. As above.
 */
enum err store_lines_batches(struct db *db, const struct chainline_head *head,
    const struct store_lines_sink *sink) MUST_CHECK;

/* Uses of an account from SINCE and before UNTIL (0: open), by time. */
enum err store_lines_uses(struct db *db, int64_t account, int64_t since,
    int64_t until, const struct store_lines_sink *sink) MUST_CHECK;

/* What the chains that are kept begin with, if something was dropped. */
enum err store_lines_anchors(struct db *db,
    const struct store_lines_sink *sink) MUST_CHECK;

#endif
