/* SPDX-License-Identifier: ISC */
/*
 * barrier [layer 2]: the wait for a change to be true everywhere, as a pure
 * step function: who is still waited for, until when, and who has died. Used
 * by whoever takes rights away, by `haspctl barrier` and by the simulator.
 *
 * Times are microseconds of clock_boot_us.
 */
#ifndef HASP_BARRIER_H
#define HASP_BARRIER_H

#include "base.h"

#define BARRIER_ID_SIZE 33	/* of a verifier: 32 hexadecimal digits, NUL */

/* Verifiers that one wait looks at; more are waited for by time alone. */
#ifndef BARRIER_MAX
#define BARRIER_MAX 256
#endif

/* A row of the verifiers that have not acknowledged the change. */
struct barrier_row {
	char id[BARRIER_ID_SIZE];
	int64_t renewals;
	int64_t limit;		/* us: barrier_limit */
};

/* One of them, as first seen. */
struct barrier_seen {
	struct barrier_row row;
	int64_t at;		/* when it was known, and no earlier */
};

struct barrier {
	int64_t began;		/* after the commit: the first look's end */
	bool looked;
	int64_t deadline;	/* the caller's; INT64_MAX: none */
	size_t count;
	struct barrier_seen seen[BARRIER_MAX];
};

enum barrier_state {
	BARRIER_CONFIRMED,	/* it is true everywhere */
	BARRIER_WAIT,		/* look again at UNTIL */
	BARRIER_LATE,		/* the deadline came first */
};

struct barrier_verdict {
	enum barrier_state state;
	int64_t until;
	/* By then it is true whatever happens; for BARRIER_LATE. */
	int64_t certain;
	/* Rows to be marked dead, unless they were renewed meanwhile. */
	size_t dead_count;
	const struct barrier_row *dead[BARRIER_MAX];
};

/* 1.01 (T + D) + 50 ms, for a lease T and the web server's timeout D, in us. */
int64_t barrier_limit(int64_t lease, int64_t answer);

/* Begins a wait for a change whose commit has returned. */
void barrier_begin(struct barrier *barrier, int64_t deadline);

/*
 * What to do at NOW, after the COUNT verifiers at ROWS have been read as those
 * that are alive and have not acknowledged it: all of them, or the BARRIER_MAX
 * with the longest limits.
 */
void barrier_step(struct barrier *barrier, const struct barrier_row *rows,
    size_t count, int64_t now, struct barrier_verdict *out);

#endif
