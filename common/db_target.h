/* SPDX-License-Identifier: ISC */
/*
 * db_target [layer 4]: where a thread of its own finds the database, as the
 * configuration says; told anew while the thread runs.
 */
#ifndef HASP_DB_TARGET_H
#define HASP_DB_TARGET_H

#include <pthread.h>

#include "config.h"
#include "db.h"

struct db_target {
	pthread_mutex_t lock;
	char conninfo[CONFIG_TEXT_MAX + 1];
	const char *program;
	int connect_timeout, query_timeout;
	unsigned int version;		/* goes up with each change */
};

#define DB_TARGET_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }

/* What one thread has of it. */
struct db_target_user {
	struct db *db;			/* NULL: none yet */
	struct db_target own;		/* what DB was opened with */
};

/* OPTIONS' program must outlive it; the rest is copied. */
void db_target_set(struct db_target *target, const struct db_options *options);

/*
 * Opens USER's database, anew if another was set; HOW says what else holds
 * of it (breaker, pinned). OUT: whether it was opened anew. ERR_MEMORY.
 */
enum err db_target_open(struct db_target *target, struct db_target_user *user,
    const struct db_options *how, bool *anew) MUST_CHECK;

#endif
