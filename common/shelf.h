/* SPDX-License-Identifier: ISC */
/*
 * shelf [layer 2]: packed records by the digest of the secret, bounded in
 * number and bytes; what was not used for long makes room for what comes. Its
 * memory grows with what is in it. For one thread at a time: the cache has
 * many shelves, each with a lock.
 */
#ifndef HASP_SHELF_H
#define HASP_SHELF_H

#include "decision.h"
#include "digest.h"
#include "page.h"

struct shelf;

/* One record, and what stands beside it. */
struct shelf_book {
	/* The shelf's own; first what a look for a digest reads. */
	struct shelf_book *next;	/* of its bucket */
	struct digest digest;
	uint32_t hash;
	uint16_t len;			/* of packed */
	bool used;			/* since the hand met it */
	/* For whoever finds it. */
	uint8_t mark_count;
	struct page_tag tag;
	uint32_t marks[PAGE_DEPENDS];
	/* The shelf's own. */
	struct shelf_book *older, *newer;
	uint8_t packed[];
};

/*
 * A book of RECORD under DIGEST, on no shelf yet; the caller fills in what
 * stands beside it. HASH says where it belongs on the shelf: always the same
 * for one digest, evenly spread, and not to be foretold by who chooses
 * secrets. NULL if memory is short, or RECORD cannot be packed.
 */
struct shelf_book *shelf_book_new(const struct digest *digest, uint32_t hash,
    const struct decision_record *record) MUST_CHECK;

/* Wipes it; NULL is fine. Only for one that is on no shelf. */
void shelf_book_free(struct shelf_book *book);

/*
 * Room for ENTRIES books; BYTES bounds what they and the shelf take of the
 * allocator, its own costs included. NULL if memory is short.
 */
struct shelf *shelf_new(size_t entries, size_t bytes) MUST_CHECK;
void shelf_free(struct shelf *shelf);	/* wipes all; NULL is fine */

/* The book of DIGEST, until the shelf is changed; NULL if there is none. */
struct shelf_book *shelf_find(const struct shelf *shelf,
    const struct digest *digest, uint32_t hash);

/* The record of BOOK, which is then used; as record_unpack. */
bool shelf_read(struct shelf_book *book, struct decision_record *out)
    MUST_CHECK;

/*
 * Takes BOOK, and makes room for it: first go those of another epoch, then
 * those that are little used. There is none of its digest, and none of a
 * higher epoch. False if there is no room, or no memory: BOOK stays the
 * caller's.
 */
bool shelf_put(struct shelf *shelf, struct shelf_book *book) MUST_CHECK;

/* Takes BOOK from the shelf and wipes it. */
void shelf_drop(struct shelf *shelf, struct shelf_book *book);

size_t shelf_count(const struct shelf *shelf);
size_t shelf_bytes(const struct shelf *shelf);

#endif
