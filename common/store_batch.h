/* SPDX-License-Identifier: ISC */
/*
 * store_batch [layer 5]: uses of one journal and one day (UTC) on their way
 * into the database: what many have in common is said once and counted, and
 * all of them are hashed.
 */
#ifndef HASP_STORE_BATCH_H
#define HASP_STORE_BATCH_H

#include "db.h"
#include "entry.h"

/* Entries in one at most: what a transaction costs is shared by many. */
#define STORE_BATCH_MAX 32768

struct store_batch;

/* NULL if memory is short; some MiB, of which only what is used is touched. */
struct store_batch *store_batch_open(void) MUST_CHECK;
void store_batch_close(struct store_batch *batch);

/*
 * Begins a batch of the journal of that NUMBER which has all from position OLD
 * on. DAY is any moment of the day of its entries. ERR_INTERNAL: no random
 * bytes.
 */
enum err store_batch_begin(struct store_batch *batch, int64_t number,
    uint64_t old, int64_t day) MUST_CHECK;

/* Whether a moment is of the same day as another. */
bool store_batch_same_day(int64_t at, int64_t other) MUST_CHECK;

/*
 * Adds ENTRY, which is at position POS, after all that were added. At most
 * STORE_BATCH_MAX. ERR_INTERNAL if OpenSSL refuses.
 */
enum err store_batch_add(struct store_batch *batch, const struct entry *entry,
    uint64_t pos) MUST_CHECK;

/*
 * Brings the batch into the database: the journal has all up to NEXT then, of
 * which LOST could not be kept, and all its uses before COMPLETE
 * (clock_wall_us). In TAKEN whether that was so: false, and nothing was done,
 * if it is not OLD that comes next there. ERR_MEMORY, ERR_INTERNAL, or errors
 * of db_run; after ERR_DATABASE_DOWN nobody knows: ask store_usage_open.
 */
enum err store_batch_ship(struct store_batch *batch, struct db *db,
    uint64_t next, uint64_t lost, int64_t complete, bool *taken) MUST_CHECK;

#endif
