/* SPDX-License-Identifier: ISC */
/*
 * cache [layer 2]: records by the digest of the secret, so that a check need
 * not ask the database. It never holds a verdict, and never decides whether an
 * entry still counts: that is page_current, with the tag that is kept beside
 * it. Bounded in entries and bytes; unknown keys have room of their own, so
 * that a flood of them pushes no record out. Many threads may use it; a look
 * into it makes no system call unless two meet in one of its parts.
 */
#ifndef HASP_CACHE_H
#define HASP_CACHE_H

#include "decision.h"
#include "digest.h"
#include "page.h"

struct cache;

/*
 * The bounds are kept in each of up to 64 parts for itself, so that one or two
 * of a hundred entries are lost before there are as many as may be.
 */
struct cache_limits {
	size_t entries;		/* records */
	size_t bytes;		/* of them, packed, and what they cost beside */
	size_t unknown;		/* keys known not to exist, 64 bytes each */
};

/* What stands beside a record, or in its place. */
struct cache_entry {
	bool unknown;			/* there is no such secret: no record */
	struct page_tag tag;
	int64_t until;			/* of an unknown one: its end */
	uint32_t marks[PAGE_DEPENDS];	/* what the record depends on */
	size_t mark_count;		/* 0 for an unknown one */
};

/* NULL if memory is short, or the system has no random numbers. */
struct cache *cache_new(const struct cache_limits *limits) MUST_CHECK;
void cache_free(struct cache *cache);	/* wipes it; NULL is fine */

/*
 * A copy of what is there for DIGEST; false if nothing is. RECORD is filled
 * whole, or left alone for an unknown one. Takes no memory.
 */
bool cache_get(struct cache *cache, const struct digest *digest,
    struct cache_entry *out, struct decision_record *record) MUST_CHECK;

/*
 * Keeps ENTRY and its RECORD (NULL for an unknown one) in place of what was
 * there for DIGEST. It may be dropped at once: nobody may rely on it. What was
 * not used for long goes first, and before it whatever is of an epoch that is
 * past. What is there stays if it is newer: of a higher epoch, or of the same
 * and with a higher asof; or with the same asof a record where ENTRY is
 * unknown, because making a key is no numbered change.
 */
void cache_put(struct cache *cache, const struct digest *digest,
    const struct cache_entry *entry, const struct decision_record *record);

/* How many entries, and bytes of records, there are; for metrics. */
struct cache_size {
	size_t entries, bytes, unknown;
};
struct cache_size cache_size(struct cache *cache);

#endif
