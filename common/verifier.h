/* SPDX-License-Identifier: ISC */
/*
 * verifier [layer 2]: the protocol of one process that caches records, as a
 * pure step function: an event goes in, the one thing to do next comes out.
 * The fence thread does it over a connection; the simulator of tests/model
 * does it in an imagined world. docs/revocation.md tells the protocol.
 *
 *	struct verifier_action action = verifier_start(&v, ...);
 *	for (;;) {
 *		event = whatever action says, done;
 *		action = verifier_step(&v, &event, now);
 *	}
 *
 * Times are microseconds of clock_boot_us.
 */
#ifndef HASP_VERIFIER_H
#define HASP_VERIFIER_H

#include "base.h"

/* A drain that takes longer is given up until the next change or renewal. */
#define VERIFIER_DRAIN_MAX 200000
/* Between two looks at whether it is drained. */
#define VERIFIER_DRAIN_STEP 250
/* Between two attempts to register. */
#define VERIFIER_RETRY 200000
/* For the echo of a notification of our own. */
#define VERIFIER_ECHO_MAX 1000000

enum verifier_do {
	VERIFIER_CLOSE_PAGE,	/* page_close -> DONE */
	VERIFIER_CONNECT,	/* drop the connection, make one
				   -> DONE, LOST */
	VERIFIER_LISTEN,	/* LISTEN, committed -> DONE, LOST */
	VERIFIER_ECHO,		/* NOTIFY, and wait for it until UNTIL
				   -> DONE, TIME, LOST */
	VERIFIER_ENROL,		/* a new row, nothing acknowledged, in place of
				   one of ours -> ANSWERED (seq, place), LOST */
	VERIFIER_OPEN_PAGE,	/* page_open(SEQ, PLACE) -> ANSWERED (turn) */
	VERIFIER_RENEW,		/* the row, with SEQ as acknowledged, unless
				   this is not the database PLACE
				   -> ANSWERED (seq, place), GONE, LOST */
	VERIFIER_READ,		/* the changes above SEQ
				   -> CHANGES, LOST */
	VERIFIER_TOUCH,		/* page_touch(change INDEX of those) -> DONE */
	VERIFIER_TOUCH_ALL,	/* page_touch(PAGE_ALL, SEQ) -> DONE */
	VERIFIER_APPLY,		/* page_apply(SEQ) -> ANSWERED (turn) */
	VERIFIER_LEASE,		/* page_lease(UNTIL) -> DONE */
	VERIFIER_DRAIN,		/* page_drained(TURN) -> DONE, else TIME */
	VERIFIER_ACK,		/* acknowledge SEQ -> DONE, LOST */
	VERIFIER_WAIT,		/* -> NOTIFIED, LOST, TIME at UNTIL, STOP */
	VERIFIER_LEAVE,		/* delete the row -> DONE, LOST */
	VERIFIER_END,		/* it is over */
	VERIFIER_DO__COUNT
};

struct verifier_action {
	enum verifier_do what;
	int64_t seq;
	int64_t until;
	uint64_t turn;
	uint64_t place;
	size_t index;
};

enum verifier_happened {
	VERIFIER_DONE,
	VERIFIER_ANSWERED,
	VERIFIER_CHANGES,	/* COUNT of them, up to SEQ; COMPLETE unless
				   they are too many or not kept any more */
	VERIFIER_GONE,		/* the row is not ours: dead, missing, or in
				   another database */
	VERIFIER_LOST,		/* no connection, or nobody knows */
	VERIFIER_TIME,
	VERIFIER_NOTIFIED,
	VERIFIER_STOP,		/* also instead of TIME or NOTIFIED, any time */
};

struct verifier_event {
	enum verifier_happened what;
	int64_t seq;
	uint64_t turn;
	uint64_t place;		/* which database, on which timeline */
	size_t count;
	bool complete;
};

struct verifier {
	int64_t lease;		/* T, us */
	enum verifier_do doing;
	bool connected;
	bool enrolled;		/* a row of ours may be there */
	bool opened;		/* and the page is open: all of registering */
	bool stopping;
	bool deaf;		/* the echo did not come: renewals alone tell */
	unsigned int failures;	/* to connect, since a renewal succeeded */
	uint64_t place;		/* where it is enrolled */
	int64_t sent;		/* when the last renewal was */
	int64_t leased;		/* what it is worth once its changes are
				   applied; 0: nothing */
	int64_t target;		/* the number that it gave */
	int64_t processed;	/* applied up to here, */
	int64_t drained;	/* and so far no older request is in flight, */
	int64_t acked;		/* and so far the database knows */
	uint64_t turn;		/* of the last page_apply or page_open */
	int64_t drain_until;	/* 0: no drain is under way */
	int64_t goal;		/* of the drain: what it will have drained, */
	uint64_t goal_turn;	/* when no request is older than this */
	size_t changes, touched;	/* of those read */
};

/* The first thing to do of a verifier with a lease of LEASE us. */
struct verifier_action verifier_start(struct verifier *v, int64_t lease);

/* What to do after EVENT, which answers what was to be done before. */
struct verifier_action verifier_step(struct verifier *v,
    const struct verifier_event *event, int64_t now) MUST_CHECK;

#endif
