/* SPDX-License-Identifier: ISC */
/*
 * store_row [layer 5]: one row of a result on its way into a struct whose
 * texts live in an arena. The first failure sticks, so a store reads all
 * columns and looks once.
 */
#ifndef HASP_STORE_ROW_H
#define HASP_STORE_ROW_H

#include "arena.h"
#include "db.h"
#include "digest.h"

struct store_row {
	const struct db_result *result;
	size_t row;
	struct arena *arena;
	bool failed;		/* the arena was full */
};

/* Column COLUMN as a copy; "" if it is NULL, or after a failure. */
const char *store_row_text(struct store_row *row, int column);

/* Column COLUMN as a number; 0 if it is NULL. */
int64_t store_row_int(const struct store_row *row, int column);

/* Column COLUMN as a truth value; false if it is NULL. */
bool store_row_bool(const struct store_row *row, int column);

/*
 * db_run for a statement of which only COUNT matters: how many rows it
 * changed. NULL: that does not matter either.
 */
enum err store_row_touch(struct db *db, enum statement statement,
    const struct db_param *params, size_t param_count, size_t *count)
    MUST_CHECK;

/* A digest as a parameter; it must live until the call returns. */
struct db_param store_row_digest(const struct digest *digest);

#endif
