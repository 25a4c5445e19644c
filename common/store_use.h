/* SPDX-License-Identifier: ISC */
/*
 * store_use [layer 5]: that a secret was let in: what its first use begins,
 * and when it was last.
 */
#ifndef HASP_STORE_USE_H
#define HASP_STORE_USE_H

#include "cidr.h"
#include "db.h"
#include "decision.h"
#include "err.h"

/* Uses that store_use_note takes at most. */
#define STORE_USE_BATCH 256

/* When and from where one secret was let in, of one program. */
struct store_use {
	char key_id[DECISION_ID_SIZE];
	int32_t version;
	int64_t first, last;	/* clock_wall_us */
	struct cidr from;	/* the last time; family 0: not known */
};

/*
 * Begins the overlap that waits for the first use of the secret VERSION of
 * KEY, unless it has begun already. ERR_CHECK_UNREACHABLE if the secret went
 * out of force meanwhile, or an error of db_run: do not let it in.
 */
enum err store_use_begin_overlap(struct db *db, struct str key,
    int32_t version) MUST_CHECK;

/*
 * Notes COUNT (1 to STORE_USE_BATCH) uses, each of another secret. Secrets
 * that are not there are passed over. Errors as db_run; it may be called
 * again with the same.
 */
enum err store_use_note(struct db *db, const struct store_use *uses,
    size_t count) MUST_CHECK;

#endif
