/* SPDX-License-Identifier: ISC */
/*
 * store_head [layer 5]: how far an account's chain of events has come.
 */
#ifndef HASP_STORE_HEAD_H
#define HASP_STORE_HEAD_H

#include "arena.h"
#include "db.h"
#include "err.h"

struct store_head {
	int64_t seq;		/* of its last event; 0: there is none yet */
	int64_t at;		/* microseconds since 1970 */
	const char *hash;	/* hexadecimal */
};

/*
 * Reads it, inside a transaction that sees the account (store_change_read);
 * the text is in ARENA. ERR_MEMORY, and those of db_run.
 */
enum err store_head_find(struct db *db, struct arena *arena, int64_t account,
    struct store_head *out) MUST_CHECK;

#endif
