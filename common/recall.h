/* SPDX-License-Identifier: ISC */
/*
 * recall [layer 6]: the records behind digests, from memory or from the
 * database, each with what it rests on. In a program that is no verifier
 * (fence_page is NULL) they always come from the database and rest on nothing.
 */
#ifndef HASP_RECALL_H
#define HASP_RECALL_H

#include "cache.h"
#include "db.h"
#include "digest.h"
#include "page.h"
#include "store_key.h"

/* For so long, us, a key is known not to exist. */
#define RECALL_UNKNOWN 10000000

/* What a record rests on: the answer is true as long as it holds. */
struct recall_basis {
	struct page_tag tag;
	uint32_t marks[PAGE_DEPENDS];
	size_t mark_count;
};

/* Records are kept from now on, within LIMITS; once. ERR_MEMORY. */
enum err recall_start(const struct cache_limits *limits) MUST_CHECK;

/*
 * What is known without the database, for a request that has arrived: true,
 * with ERR, for ERR_OK the RECORD, and what they rest on, also where nothing
 * may be known because there is no lease (ERR_DATABASE_DOWN). False: it has to
 * be looked up.
 */
bool recall_find(const struct digest *digest, enum err *err,
    struct decision_record *record, struct recall_basis *basis);

/*
 * store_key_look_up, under the lease and in the database that it is of, else
 * ERR_DATABASE_DOWN for all; fills as many of BASES. What it finds is kept.
 */
void recall_look_up(struct db *db, const struct digest *digests, size_t count,
    struct store_key_found *out, struct recall_basis *bases);

/*
 * Whether an answer that rests on BASIS may still be given to a request that
 * came at ARRIVED (clock_boot_us). Asked last of all before it is written.
 * Nobody waits longer for such an answer than the web server does (D).
 */
bool recall_holds(const struct recall_basis *basis, int64_t arrived);

/* Look-ups so far that memory answered, and that it did not. */
void recall_counts(int64_t *hits, int64_t *misses);

#endif
