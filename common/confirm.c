/* SPDX-License-Identifier: ISC */
#include "confirm.h"

#include <limits.h>
#include <stdatomic.h>
#include <time.h>

#include "clock.h"
#include "log.h"
#include "metrics.h"

#define CONFIRM_SECOND INT64_C(1000000)		/* microseconds */

/* So long everybody may wait; longer ones need a place. */
#define CONFIRM_FREELY 500000

/* Between two looks at a database that is away. */
#define CONFIRM_AGAIN 50000

static _Atomic int confirm_left = INT_MAX;	/* places */
static _Atomic bool confirm_stopped;

struct confirm_wait {
	struct db *db;
	int64_t seq;
	bool placed;
	struct barrier barrier;
	struct barrier_row rows[BARRIER_MAX];
	struct barrier_verdict verdict;
};

void
confirm_places(int places)
{
	atomic_store(&confirm_left, places);
}

void
confirm_stop(void)
{
	atomic_store(&confirm_stopped, true);
}

int64_t
confirm_deadline(int64_t seconds)
{
	return clock_boot_us() + seconds * CONFIRM_SECOND;
}

/* Takes a place, if it has none. */
static bool
confirm_sit(struct confirm_wait *w)
{
	int left = atomic_load(&confirm_left);

	while (!w->placed && left > 0)
		w->placed = atomic_compare_exchange_weak(&confirm_left, &left,
		    left - 1);
	return w->placed;
}

static void
confirm_rise(struct confirm_wait *w)
{
	if (w->placed)
		(void)atomic_fetch_add(&confirm_left, 1);
	w->placed = false;
}

/* Marks those dead that are; who cannot be marked is waited for again. */
static void
confirm_bury(struct confirm_wait *w)
{
	for (size_t i = 0; i < w->verdict.dead_count; i++) {
		const struct barrier_row *row = w->verdict.dead[i];
		bool buried = false;

		if (store_fence_bury(w->db, row, &buried) != ERR_OK)
			return;
		/* Who knows an id could renew it: a part tells it apart. */
		if (!buried)
			continue;
		metrics_add(METRICS_VERIFIERS_BURIED, 0, 1);
		log_event(LOG_LEVEL_WARNING, "verifier_buried",
		    LOG_T("verifier", str_part(str_of(row->id), 0, 8)),
		    LOG_I("change", w->seq));
	}
}

/*
 * What is known without a look: those that were alive at the first one are the
 * only ones that may answer by what was before, and their time ends by itself.
 */
static void
confirm_guess(struct confirm_wait *w, int64_t now)
{
	struct barrier_verdict *v = &w->verdict;

	v->dead_count = 0;
	v->until = now + CONFIRM_AGAIN;
	if (w->barrier.looked && now > v->certain)
		v->state = BARRIER_CONFIRMED;
	else
		v->state = now >= w->barrier.deadline ? BARRIER_LATE :
		    BARRIER_WAIT;
}

static void
confirm_look(struct confirm_wait *w)
{
	size_t count;
	enum err err = store_fence_waited(w->db, w->seq, w->rows, &count);

	if (err != ERR_OK) {
		confirm_guess(w, clock_boot_us());
		return;
	}
	barrier_step(&w->barrier, w->rows, count, clock_boot_us(),
	    &w->verdict);
	confirm_bury(w);
}

/* Whether to look again, after the pause that the last look asks for. */
static bool
confirm_pause(struct confirm_wait *w, int64_t begun)
{
	int64_t now = clock_boot_us(), us = w->verdict.until - now;
	struct timespec pause;

	if (w->verdict.state != BARRIER_WAIT || atomic_load(&confirm_stopped))
		return false;
	if (now - begun >= CONFIRM_FREELY && !confirm_sit(w))
		return false;
	if (us > CONFIRM_AGAIN)
		us = CONFIRM_AGAIN;
	pause = (struct timespec){ .tv_nsec = us > 0 ? us * 1000 : 0 };
	(void)nanosleep(&pause, NULL);
	return true;
}

/* When it is certain, by the wall clock, in whole seconds that are not less. */
static int64_t
confirm_after(const struct confirm_wait *w)
{
	int64_t left = w->verdict.certain - clock_boot_us();
	int64_t at = clock_wall_us() + (left > 0 ? left : 0);

	if (!w->barrier.looked)
		return 0;
	return (at / CONFIRM_SECOND + 1) * CONFIRM_SECOND;
}

void
confirm_wait(struct db *db, const struct store_fence_number *number,
    int64_t deadline, struct confirm *out)
{
	struct confirm_wait w = { .db = db, .seq = number->seq };
	int64_t begun = clock_boot_us();

	barrier_begin(&w.barrier, deadline);
	do
		confirm_look(&w);
	while (confirm_pause(&w, begun));
	confirm_rise(&w);
	*out = (struct confirm){
		.number = *number,
		.waited = true,
		.confirmed = w.verdict.state == BARRIER_CONFIRMED,
		.waited_ms = (clock_boot_us() - begun) / 1000,
	};
	if (!out->confirmed)
		out->after = confirm_after(&w);
	metrics_observe(METRICS_FENCE_WAIT, clock_boot_us() - begun);
	metrics_add(METRICS_FENCE_WAITS, out->confirmed ?
	    METRICS_WAIT_CONFIRMED : METRICS_WAIT_LATE, 1);
	log_event(out->confirmed ? LOG_LEVEL_DEBUG : LOG_LEVEL_NOTICE,
	    out->confirmed ? "change_confirmed" : "change_unconfirmed",
	    LOG_I("change", out->number.seq),
	    LOG_I("waited_ms", out->waited_ms));
}

enum err
confirm_all(struct db *db, int64_t deadline, struct confirm *out)
{
	struct store_fence_number number;
	enum err err = store_fence_last(db, &number);

	if (err == ERR_OK)
		confirm_wait(db, &number, deadline, out);
	return err;
}

/*
 * Whoever was given something tries it next: a moment's wait, that nothing
 * rests on, until it can be seen.
 */
static void
confirm_show(const struct store_change *c, int64_t deadline)
{
	int64_t soon = clock_boot_us() + CONFIRM_FREELY;
	struct confirm shown;

	if (c->fence.seq > 0)
		confirm_wait(c->db, &c->fence,
		    deadline < soon ? deadline : soon, &shown);
}

enum err
confirm_change(const struct store_change *c, int64_t deadline,
    struct confirm *out)
{
	if (c->gives) {
		confirm_show(c, deadline);
		*out = (struct confirm){ .number = c->fence };
		return ERR_OK;
	}
	if (c->fence.seq == 0)
		return confirm_all(c->db, deadline, out);
	confirm_wait(c->db, &c->fence, deadline, out);
	return ERR_OK;
}
