/* SPDX-License-Identifier: ISC */
/*
 * page [layer 2]: what the threads of one process share about the fence: how
 * far changes were applied, until when cached records may be trusted, and
 * which requests are in flight. One thread, the verifier's, writes it; workers
 * read it and mark their own slots. Nothing here waits or makes a system call.
 *
 * Times are microseconds of clock_boot_us. Numbers of changes (seq) are those
 * of the database, 1 and up.
 */
#ifndef HASP_PAGE_H
#define HASP_PAGE_H

#include <stdatomic.h>

#include "base.h"

/* Marks by hash of what a change is about; two that share one cost a miss. */
#ifndef PAGE_MARKS
#define PAGE_MARKS 65536
#endif

/* The mark of what every record depends on: plans and regions. */
#define PAGE_ALL 0

/* Requests in flight, at most. */
#ifndef PAGE_SLOTS
#define PAGE_SLOTS 4096
#endif

struct page_slot {
	_Alignas(64) _Atomic uint64_t turn;	/* 0: nobody is in it */
};

struct page {
	int64_t answer;		/* D: older requests are answered no more */
	/* Odd while a registration is under way. */
	_Atomic uint64_t epoch;
	_Atomic int64_t lease_end;
	_Atomic int64_t processed;
	_Atomic uint64_t place;		/* the database that the lease is of */
	_Atomic uint64_t turn;		/* of applying; never goes back */
	_Atomic uint32_t slots_used;	/* slots below it may be taken */
	_Atomic int64_t marks[PAGE_MARKS];	/* seq of the last change */
	struct page_slot slots[PAGE_SLOTS];
};

/* What a record that was read is good for: the changes up to ASOF. */
struct page_tag {
	uint64_t epoch;
	uint64_t place;		/* where it has to be read */
	int64_t asof;
};

/* Which marks a record depends on, beside PAGE_ALL. */
#define PAGE_DEPENDS 4

/* NULL if memory is short. Without a lease. */
struct page *page_new(void) MUST_CHECK;
void page_free(struct page *page);

/*
 * The mark of what KIND and REF name, as the change log writes them: "key" and
 * its id, "account" and its number, "app", "connection"; PAGE_ALL for "all"
 * and for every kind that is not known.
 */
uint32_t page_mark(const char *kind, const char *ref);

/* --- Workers --- */

/*
 * Marks SLOT, which is the caller's alone and below PAGE_SLOTS: a request is
 * in flight from before anything of the page was looked at, until its answer
 * is written (page_leave).
 */
void page_enter(struct page *page, uint32_t slot);
void page_leave(struct page *page, uint32_t slot);

/* Whether there is a lease at NOW, which was read after the request came. */
bool page_leased(const struct page *page, int64_t now);

/*
 * What a record is good for that is read from here on, in the database of
 * that place. False while a registration is under way.
 */
bool page_tag(const struct page *page, struct page_tag *out);

/*
 * Whether a record of TAG that depends on the COUNT marks at MARKS may be used
 * at NOW: there is a lease, and nothing was applied that could have changed
 * it. Asked for a record of the cache before it is used, and for every record
 * once more just before the answer is written.
 */
bool page_current(const struct page *page, struct page_tag tag,
    const uint32_t *marks, size_t count, int64_t now);

/* --- The verifier, one thread --- */

/* Begins a registration: no lease, no entry counts. */
void page_close(struct page *page);

/*
 * Ends it: from now on changes of the database PLACE above PROCESSED are to be
 * applied. Gives the turn that page_drained takes.
 */
uint64_t page_open(struct page *page, int64_t processed, uint64_t place);

/* Change SEQ touched MARK. Before page_apply. */
void page_touch(struct page *page, uint32_t mark, int64_t seq);

/* All changes up to SEQ are applied. Gives the turn that page_drained takes. */
uint64_t page_apply(struct page *page, int64_t seq);

/* Until END. Last: after page_apply of all that the renewal has told of. */
void page_lease(struct page *page, int64_t end);

/* Whether no request is in flight that began before TURN. */
bool page_drained(const struct page *page, uint64_t turn);

#endif
