/* SPDX-License-Identifier: ISC */
/*
 * store_journal [layer 5]: the journals of programs' runs as operators look at
 * them, and giving one up that will not come back.
 */
#ifndef HASP_STORE_JOURNAL_H
#define HASP_STORE_JOURNAL_H

#include "arena.h"
#include "db.h"
#include "err.h"
#include "store_change.h"

/* Times of clock_wall_us. */
struct store_journal {
	int64_t number;
	const char *host;
	const char *program;
	int64_t opened;		/* when it was first heard of */
	int64_t shipped;	/* the position that comes next */
	int64_t known;		/* all its uses before it are here */
	int64_t closed;		/* 0: it is open */
	int64_t lost;		/* uses that it could not keep */
};

/*
 * The open ones, or with ALL the last 1000, in the order in which they were
 * opened; OUT is an array in ARENA. ERR_MEMORY, and those of db_run.
 */
enum err store_journal_list(struct db *db, struct arena *arena, bool all,
    struct store_journal **out, size_t *count) MUST_CHECK;

/* What store_journal_abandon came to. */
enum store_journal_end {
	STORE_JOURNAL_ABANDONED,
	STORE_JOURNAL_UNKNOWN,		/* there is none of that number */
	STORE_JOURNAL_CLOSED,		/* it was closed before */
	STORE_JOURNAL_ALIVE,		/* it was heard of within a minute */
};

/*
 * Closes the journal NUMBER, whose host is gone, and logs it: nobody waits for
 * its uses any more. If its program does come back it is open again and its
 * uses arrive. END says what became of it; nothing changed unless it is
 * STORE_JOURNAL_ABANDONED. Errors of db_run.
 */
enum err store_journal_abandon(struct store_change *change, int64_t number,
    enum store_journal_end *end) MUST_CHECK;

#endif
