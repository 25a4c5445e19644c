/* SPDX-License-Identifier: ISC */
/*
 * store_usage_count [layer 5]: how many requests came with an account's keys,
 * and what became of them, by hour or by day; and up to when all of them are
 * known.
 */
#ifndef HASP_STORE_USAGE_COUNT_H
#define HASP_STORE_USAGE_COUNT_H

#include "db.h"
#include "err.h"

/* Which requests; times of clock_wall_us. */
struct store_usage_count {
	int64_t account;
	struct str key;		/* of this key alone; "" of all */
	struct str app;		/* without KEY: of this app's; "" of all */
	bool by_day;		/* else by hour; both of UTC */
	int64_t since, until;	/* from SINCE on, before UNTIL */
};

/*
 * Calls EACH with ARG for every hour or day, which begins at START, and every
 * CODE ("ok", or why they were refused) that requests became in it: COUNT of
 * them, repetitions left out. In order of time and code; CODE is valid until
 * EACH returns. ERR_INVALID for an app that is no UUID; else errors of db_run.
 */
enum err store_usage_count_each(struct db *db,
    const struct store_usage_count *wanted,
    void (*each)(void *arg, int64_t start, const char *code, int64_t count),
    void *arg) MUST_CHECK;

/*
 * AT gets the moment before which all uses are here; 0 if that is not known,
 * because no program has a journal that is open. Errors of db_run.
 */
enum err store_usage_count_known(struct db *db, int64_t *at) MUST_CHECK;

#endif
