/* SPDX-License-Identifier: ISC */
/*
 * store_fence [layer 5]: changes of cached fields and how far the verifiers
 * have followed, as the database knows it. docs/revocation.md tells the
 * protocol; verifier.h and barrier.h decide what to do when.
 */
#ifndef HASP_STORE_FENCE_H
#define HASP_STORE_FENCE_H

#include "arena.h"
#include "barrier.h"
#include "db.h"
#include "err.h"

/* Changes that are read at once, at most; more concern all records. */
#define STORE_FENCE_CHANGES 1000

/* Longest kind and ref, with their NULs. */
#define STORE_FENCE_KIND_SIZE 16
#define STORE_FENCE_REF_SIZE 64

/* A verifier as it registers. */
struct store_fence_verifier {
	const char *id;			/* BARRIER_ID_SIZE - 1 digits */
	const char *host;		/* for people */
	const char *program;
	int32_t lease;			/* T, ms */
	int32_t answer;			/* D, ms */
	const char *predecessor;	/* its id, which is gone; "" for none */
};

/* How things stand. */
struct store_fence_head {
	int64_t seq;		/* the number of the last change */
	uint64_t place;		/* which database says so; never 0 */
};

struct store_fence_change {
	char kind[STORE_FENCE_KIND_SIZE];
	char ref[STORE_FENCE_REF_SIZE];
};

/* What was changed above a number. */
struct store_fence_changes {
	int64_t seq;		/* the number of the last change */
	bool complete;		/* else they may concern any record */
	size_t count;
	struct store_fence_change list[STORE_FENCE_CHANGES];
};

/*
 * The verifier's. DB is pinned; it listens to notifications of changes after
 * store_fence_listen, store_fence_echo makes one. Errors of db_run.
 */
enum err store_fence_listen(struct db *db) MUST_CHECK;
enum err store_fence_echo(struct db *db) MUST_CHECK;

/* Registers; fails on a standby. */
enum err store_fence_enrol(struct db *db,
    const struct store_fence_verifier *verifier,
    struct store_fence_head *out) MUST_CHECK;

/*
 * Renews the lease of ID, which registered at PLACE, acknowledges DRAINED,
 * notes the two counts. ERR_NOT_FOUND: it has to register.
 */
enum err store_fence_renew(struct db *db, const char *id, int64_t drained,
    uint64_t place, int64_t hits, int64_t misses,
    struct store_fence_head *out) MUST_CHECK;

enum err store_fence_acknowledge(struct db *db, const char *id,
    int64_t drained) MUST_CHECK;

/* ERR_INTERNAL for an answer that is not understood. */
enum err store_fence_changes(struct db *db, int64_t done,
    struct store_fence_changes *out) MUST_CHECK;

enum err store_fence_leave(struct db *db, const char *id) MUST_CHECK;

/* Which database DB is connected to; fails on a standby. */
enum err store_fence_place(struct db *db, uint64_t *out) MUST_CHECK;

/* What waits for a change is told of it. */
struct store_fence_number {
	int64_t seq;		/* 0: no cached field was changed */
	bool replicated;	/* it is committed on standbys, too */
};

/* Inside a change's transaction, last: numbers it. */
enum err store_fence_close(struct db *db, struct store_fence_number *out)
    MUST_CHECK;

/* The number of the last change that was committed, by whomever. */
enum err store_fence_last(struct db *db, struct store_fence_number *out)
    MUST_CHECK;

/*
 * Those that are alive and have not acknowledged change SEQ, at most
 * BARRIER_MAX, those with the longest limits first.
 */
enum err store_fence_waited(struct db *db, int64_t seq,
    struct barrier_row rows[BARRIER_MAX], size_t *count) MUST_CHECK;

/* Marks it dead unless it was renewed; OUT: whether it was marked. */
enum err store_fence_bury(struct db *db, const struct barrier_row *row,
    bool *out) MUST_CHECK;

#endif
