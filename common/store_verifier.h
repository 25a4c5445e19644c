/* SPDX-License-Identifier: ISC */
/*
 * store_verifier [layer 5]: the fence and its verifiers as operators look at
 * them. docs/revocation.md tells what they are.
 */
#ifndef HASP_STORE_VERIFIER_H
#define HASP_STORE_VERIFIER_H

#include "arena.h"
#include "db.h"
#include "err.h"

struct store_verifier {
	const char *id;		/* its beginning: nobody can use it */
	const char *host;
	const char *program;
	const char *state;	/* live, silent (its lease is over), dead */
	int64_t lease_left;	/* ms; by the clock of the database, as all */
	int64_t lag;		/* changes that it has not acknowledged */
	int64_t hits, misses;	/* of its cache */
	int64_t uptime;		/* seconds since it registered first */
};

struct store_verifier_fence {
	int64_t seq;		/* the number of the last change */
	int64_t kept;		/* changes that can be caught up on */
	int64_t queue;		/* percent of the notifications' queue in use */
};

/* Errors of db_run. */
enum err store_verifier_fence(struct db *db,
    struct store_verifier_fence *out) MUST_CHECK;

/*
 * All of them, the living first; OUT is an array in ARENA. ERR_MEMORY, and
 * those of db_run.
 */
enum err store_verifier_list(struct db *db, struct arena *arena,
    struct store_verifier **out, size_t *count) MUST_CHECK;

#endif
