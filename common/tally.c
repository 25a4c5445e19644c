/* SPDX-License-Identifier: ISC */
#include "tally.h"

#define TALLY_SECOND INT64_C(1000000)

int64_t
tally_day(int64_t now)
{
	return now / TALLY_DAY;
}

/* Begins anew unless NOW is of its day, or a little before. */
static void
tally_turn(struct tally *t, int64_t now)
{
	if (now < t->begins + TALLY_DAY && now >= t->begins - TALLY_LATE)
		return;
	*t = (struct tally){ .begins = tally_day(now) * TALLY_DAY };
}

static void
tally_tell(const struct tally *t, int64_t quota, int64_t now,
    struct tally_state *out)
{
	int64_t used = t->own + t->others;

	out->left = used < quota ? quota - used : 0;
	out->reset = (t->begins + TALLY_DAY - now + TALLY_SECOND - 1) /
	    TALLY_SECOND;
}

bool
tally_take(struct tally *t, int64_t quota, int64_t now,
    struct tally_state *out)
{
	bool let_in;

	tally_turn(t, now);
	let_in = t->own + t->others < quota;
	if (let_in)
		t->own++;
	tally_tell(t, quota, now, out);
	return let_in;
}

void
tally_look(struct tally *t, int64_t quota, int64_t now,
    struct tally_state *out)
{
	tally_turn(t, now);
	tally_tell(t, quota, now, out);
}

void
tally_learn(struct tally *t, int64_t day, int64_t counted)
{
	/* The best count is the one that held most of our own. */
	if (day == tally_day(t->begins) && counted - t->own > t->others)
		t->others = counted - t->own;
}
