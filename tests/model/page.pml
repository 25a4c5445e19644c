/* SPDX-License-Identifier: ISC */
/*
 * page: the memory that a verifier's threads share, step by step as
 * common/page.c does it: one access to shared memory is one step. For the
 * other models, which include it. Of the marks there is one for each key, of
 * the slots one for each worker; indices count over all processes.
 */
#ifndef T
#define T 1		/* the lease */
#endif
#ifndef D
#define D 1		/* the web server waits so long for an answer */
#endif

/*
 * Good paths, so that a model that holds is known to do something: with
 * -DPASSED=HIT the search has to find an assertion violated where one is hit.
 */
#define HIT 1			/* an answer of the cache */
#define ANSWER_LOST 2		/* to a renewal */
#define BY_TIME 3		/* why the revocation returned */
#define BY_ACKNOWLEDGEMENT 4
#define NOT_FOR_THE_DEAD 5
#define NOBODY 6
#define REGISTERS 7		/* anew */
#define DEAD_REGISTERS 8	/* a renewal found the row dead */
#define ANOTHER_PLACE 9		/* a renewal found another database */
#define LEFT 10			/* the row is taken away */
#ifndef PASSED
#define PASSED 0
#endif
#define PASS(path) assert(path != PASSED)

byte clock;		/* everybody's */

byte epoch[PROCESSES];		/* odd: closed */
byte lease[PROCESSES];
byte processed[PROCESSES];
#ifdef FAILOVER
bit place[PROCESSES];		/* the database that the lease is of */
#endif
byte turn[PROCESSES] = 1;
byte mark[PROCESSES * KEYS];
byte slot[PROCESSES * WORKERS];

/* Its cache: one entry for each key. No page that is open has epoch 0. */
byte entry_epoch[PROCESSES * KEYS];
byte entry_asof[PROCESSES * KEYS];
bit entry_allowed[PROCESSES * KEYS];

/* The turn may be an old one when it comes to be stored. */
inline page_enter(P, S, I) {
	I = turn[P];
	atomic { slot[S] = I; I = 0 }
}

inline page_leave(S) {
	slot[S] = 0
}

inline page_leased(P, AT, GOOD) {
	GOOD = (AT < lease[P])
}

inline page_tag(P, EPOCH, ASOF, GOOD) {
	EPOCH = epoch[P];
	ASOF = processed[P];
#ifdef FAILOVER
	tagged_place = place[P];
#endif
	atomic { GOOD = (EPOCH % 2 == 0 && epoch[P] == EPOCH) }
}

/* The next look, if all before it were well. */
#define AND_THEN(GOOD, look) \
	atomic { if :: GOOD -> GOOD = (look) :: else fi }

inline page_current(P, M, EPOCH, ASOF, AT, GOOD) {
#if defined MARKS_BEFORE_LEASE
	GOOD = (mark[M] <= ASOF);
	AND_THEN(GOOD, AT < lease[P]);
	AND_THEN(GOOD, epoch[P] == EPOCH)
#elif defined EPOCH_BEFORE_MARKS
	GOOD = (AT < lease[P]);
	AND_THEN(GOOD, epoch[P] == EPOCH);
	AND_THEN(GOOD, mark[M] <= ASOF)
#elif defined EPOCH_NOT_COMPARED
	GOOD = (AT < lease[P] && EPOCH != 0);
	AND_THEN(GOOD, mark[M] <= ASOF)
#else
	GOOD = (AT < lease[P]);
	AND_THEN(GOOD, mark[M] <= ASOF);
	AND_THEN(GOOD, epoch[P] == EPOCH)
#endif
}

inline page_close(P) {
	lease[P] = 0;
	if
	:: epoch[P] % 2 == 0 -> epoch[P]++
	:: else
	fi
}

inline page_open(P, SEQ) {
	mark[P * KEYS] = 0;
#if KEYS == 2
	mark[P * KEYS + 1] = 0;
#endif
	processed[P] = SEQ;
	turn[P]++;
	epoch[P]++
}

inline page_touch(M, SEQ) {
	mark[M] = SEQ
}

inline page_apply(P, SEQ) {
	processed[P] = SEQ;
	turn[P]++
}

inline page_lease(P, END) {
	lease[P] = END
}

#define OLDER(S, P) (slot[S] != 0 && slot[S] < turn[P])

/* One look at each slot; GOOD if nobody older than the last turn is in it. */
inline page_drained(P, GOOD) {
	GOOD = !OLDER(P * WORKERS, P);
#if WORKERS == 2
	AND_THEN(GOOD, !OLDER(P * WORKERS + 1, P))
#endif
}
