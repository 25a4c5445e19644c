/* SPDX-License-Identifier: ISC */
/*
 * confirm [layer 6]: the confirmation of a change: the wait, after its
 * commit, until no verifier answers by what was before. barrier.h decides what
 * to do when; here it is done over a connection to the database.
 */
#ifndef HASP_CONFIRM_H
#define HASP_CONFIRM_H

#include "store_change.h"
#include "store_fence.h"

/* How long who does not say otherwise waits, and a request at most; seconds. */
#define CONFIRM_SECONDS 15
#define CONFIRM_SECONDS_MAX 25

struct confirm {
	struct store_fence_number number;	/* the change waited for */
	bool waited;		/* false: it takes nothing away, and was not */
	bool confirmed;		/* it is true everywhere */
	int64_t waited_ms;
	/*
	 * If it is not confirmed: as of when it is true whatever happens, in
	 * microseconds of clock_wall_us, a whole second. 0: that is not known,
	 * because the database told nothing after the commit.
	 */
	int64_t after;
};

/* The deadline of who waits from now on so many seconds. */
int64_t confirm_deadline(int64_t seconds);

/*
 * Waits for the change that was committed as NUMBER, at most until DEADLINE
 * (clock_boot_us) and a call of the database longer. It is looked once however
 * early that is. A database that is away is asked again until then: the change
 * is committed. Verifiers that are found to be gone are marked dead.
 */
void confirm_wait(struct db *db, const struct store_fence_number *number,
    int64_t deadline, struct confirm *out);

/*
 * The same for everything that was committed so far, by whomever: errors of
 * db_run if it is not told what that is.
 */
enum err confirm_all(struct db *db, int64_t deadline, struct confirm *out)
    MUST_CHECK;

/*
 * The same for CHANGE, which has been kept. One that only gives waits half a
 * second at most and OUT says nothing of it: nothing rests on that. One that
 * has no number may be the repetition of one whose answer was lost: that is
 * waited for as by confirm_all.
 */
enum err confirm_change(const struct store_change *change, int64_t deadline,
    struct confirm *out) MUST_CHECK;

/*
 * At most PLACES of the process wait longer than half a second at a time:
 * who finds none is not confirmed. Without this call as many as like.
 */
void confirm_places(int places);

/* Ends all waits, those to come as well: the process is about to end. */
void confirm_stop(void);

#endif
