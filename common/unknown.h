/* SPDX-License-Identifier: ISC */
/*
 * unknown [layer 2]: digests of secrets that are known not to exist, so that
 * who asks with them again costs no look-up. A fixed number of places that is
 * taken once; whoever fills them pushes out others of their kind and nothing
 * else. For one thread at a time.
 */
#ifndef HASP_UNKNOWN_H
#define HASP_UNKNOWN_H

#include "digest.h"
#include "page.h"

struct unknown;

struct unknown_entry {
	struct page_tag tag;
	int64_t until;
};

/* At most PLACES entries, 0 for none at all. NULL if memory is short. */
struct unknown *unknown_new(size_t places) MUST_CHECK;
void unknown_free(struct unknown *unknown);	/* wipes it; NULL is fine */

/*
 * What is kept for DIGEST; false if nothing is. HASH says where it belongs, as
 * for shelf_find.
 */
bool unknown_get(const struct unknown *unknown, const struct digest *digest,
    uint32_t hash, struct unknown_entry *out) MUST_CHECK;

/*
 * Keeps ENTRY in place of what was there for DIGEST. If there is no place, an
 * entry of another epoch goes, else the one of the few it may stand with that
 * ends first.
 */
void unknown_put(struct unknown *unknown, const struct digest *digest,
    uint32_t hash, const struct unknown_entry *entry);

/* Forgets and wipes what is kept for DIGEST, if anything. */
void unknown_drop(struct unknown *unknown, const struct digest *digest,
    uint32_t hash);

/* Entries that there are, those that have ended included. */
size_t unknown_count(const struct unknown *unknown);

#endif
