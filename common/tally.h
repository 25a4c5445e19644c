/* SPDX-License-Identifier: ISC */
/*
 * tally [layer 2]: what is known of the requests of one key on one day (UTC):
 * those that this process let in, exactly, and those that others let in, as
 * far as they have been counted together. Never more than there were. Pure.
 */
#ifndef HASP_TALLY_H
#define HASP_TALLY_H

#include "base.h"

/* A day, and how late in it a request of the day before may be counted. */
#define TALLY_DAY INT64_C(86400000000)		/* microseconds */
#define TALLY_LATE INT64_C(60000000)

/* All zero is a new one. */
struct tally {
	int64_t begins;		/* the day, of clock_wall_us */
	int64_t own;
	int64_t others;		/* the most that a count proved */
};

/* What a caller is told. */
struct tally_state {
	int64_t left;		/* requests that would be let in now */
	int64_t reset;		/* seconds until the next day, rounded up */
};

/* The day of NOW (clock_wall_us, after 1970), counted from 1970. */
int64_t tally_day(int64_t now);

/*
 * Lets a request of NOW in if fewer than QUOTA (at least 1) have been, and
 * says whether. With the first one of another day all begins anew; one of the
 * day before counts for the new day if it is at most TALLY_LATE older, so that
 * requests that cross midnight do not undo each other. OUT is the state after
 * it; its reset is at least 1.
 */
bool tally_take(struct tally *tally, int64_t quota, int64_t now,
    struct tally_state *out) MUST_CHECK;

/* The state at NOW alone. */
void tally_look(struct tally *tally, int64_t quota, int64_t now,
    struct tally_state *out);

/*
 * COUNTED requests of DAY, this process's among them, had been counted before
 * now. They hold at most OWN of ours, so that the rest are others'. Of another
 * day than the tally's it says nothing.
 */
void tally_learn(struct tally *tally, int64_t day, int64_t counted);

#endif
