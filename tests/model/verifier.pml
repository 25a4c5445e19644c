/* SPDX-License-Identifier: ISC */
/*
 * verifier: the database's part of the protocol, the thread that registers,
 * renews, applies and drains, and the wait of who takes rights away. For the
 * other models, after page.pml.
 *
 * A step is one statement of the database or one access to the page. A
 * statement's number is read before its transaction commits. Any answer may be
 * lost: then nobody knows whether it was committed, and all goes on without a
 * connection in between, which changes nothing by itself.
 */

/* Rights that are there until they are taken, once. */
bit allowed_key[KEYS] = 1;
byte seq;			/* the number of the last change */
byte number[KEYS];		/* which change took it; 0: none yet */
bit returned[KEYS];		/* and that change has returned */

/* The rows of the verifiers, and the processes they are of. */
bit row[ROWS];		/* there is one */
byte acked[ROWS];
byte kept[ROWS];		/* of ACKED, what outlives a crash */
bit dead[ROWS];
bit renewed[ROWS];		/* since somebody looked last */

/* Killed: nothing of it reaches anybody any more. */
bit killed[ROWS];

#define ALLOWED(k) allowed_key[k]
#define RETURNED(k) returned[k]
#define GONE(h) killed[h]

/* One statement for one row; the dead are left alone. */
inline acknowledge(H, N) {
	atomic {
		if
		:: killed[H] || !row[H] || dead[H] ||
		   acked[H] >= N
		:: else -> acked[H] = N
		fi }
}

/* If key K was taken by a change above BEFORE, up to C. */
inline touch_if(H, K, BEFORE, C) {
	atomic {
		if
		:: number[K] > BEFORE && number[K] <= C ->
			page_touch(H * KEYS + K, number[K])
		:: else
		fi }
}

inline apply(H, C) {
#ifdef ACK_BEFORE_TOUCH
	acknowledge(H, C);
#endif
#ifdef APPLY_BEFORE_TOUCH
	atomic { before = processed[H]; page_apply(H, C) }
	touch_if(H, 0, before, C);
#else
	touch_if(H, 0, processed[H], C);
#if KEYS == 2
	touch_if(H, 1, processed[H], C);
#endif
	page_apply(H, C)
#endif
}

/* The fence thread. STOPS: it may be told to. */
proctype Verifier(byte h; bit stops) {
	byte sent;		/* before the renewal was */
	byte c;			/* the number that the database told */
	byte drained;
	byte registered;	/* times */
	bit ok;
#ifdef APPLY_BEFORE_TOUCH
	byte before;
#endif

register:
	registered++;
#ifdef REGISTER_KEEPS_EPOCH
	if
	:: registered == 1 -> page_close(h)
	:: else -> lease[h] = 0
	fi;
#else
	page_close(h);
#endif
	drained = 0;
enrol:
#ifdef LEASE_OF_ENROLMENT
	sent = clock;
#endif
	c = seq;
	atomic { !killed[h];
		row[h] = 1;
#ifdef ENROLMENT_ACKS
		acked[h] = c;
#else
		acked[h] = 0;
#endif
		kept[h] = acked[h];
		dead[h] = 0;
		renewed[h] = 1 }
	if
	:: skip
	:: goto enrol
	fi;
#ifdef REGISTER_KEEPS_EPOCH
	if
	:: registered == 1 -> page_open(h, c)
	:: else ->
		mark[h * KEYS] = 0;
		processed[h] = c;
		turn[h]++
	fi;
#else
	page_open(h, c);
#endif
	c = 0;
#ifdef LEASE_OF_ENROLMENT
	page_lease(h, sent + T);
	sent = 0;
#endif
	do
	:: /* Renew. */
#ifndef LEASE_FROM_REPLY
	   sent = clock;
#endif
	   c = seq;
	   atomic { !killed[h];
#ifdef RENEWAL_OF_THE_DEAD
		ok = row[h];
#else
		ok = (row[h] && !dead[h]);
#endif
		if
		:: ok ->
			renewed[h] = 1;
#ifdef RENEWAL_ACKS_PROCESSED
			acknowledge(h, processed[h]);
#else
			acknowledge(h, drained);
#endif
			kept[h] = acked[h]
		:: else
		fi }
	   if
	   :: !ok -> sent = 0;
		if
		:: atomic { registered < REGISTRATIONS ->
			PASS(DEAD_REGISTERS) };
		   goto register
		:: else -> goto stopped
		fi
	   :: ok ->
#ifdef LEASE_FROM_REPLY
		sent = clock;
#endif
#ifdef LEASE_BEFORE_MARKS
		page_lease(h, sent + T);
#endif
#ifndef RENEWAL_DOES_NOT_CATCH_UP
		if
		:: c > processed[h] -> apply(h, c)
		:: else
		fi;
#endif
#ifndef LEASE_BEFORE_MARKS
		page_lease(h, sent + T)
#endif
	   :: ok -> PASS(ANSWER_LOST)
	   fi;
	   atomic { sent = 0; c = 0; ok = 0 }
	:: /* A notification came; some never do. */
	   atomic { seq > processed[h] -> c = seq }
	   apply(h, c);
	   c = 0
	:: processed[h] > drained ->
	   page_drained(h, ok);
	   atomic {
		if
		:: ok -> drained = processed[h]
		:: else
		fi;
		ok = 0 }
#ifdef ACK_PROCESSED
	:: row[h] && acked[h] < processed[h] ->
	   acknowledge(h, processed[h])
#else
	:: row[h] && acked[h] < drained -> acknowledge(h, drained)
#endif
#ifdef REGISTERS_AT_WILL
	:: atomic { registered < REGISTRATIONS ->
		PASS(REGISTERS) };
	   goto register
#endif
	:: stops -> break
	od;
	/* Whoever is still in flight has to be waited for: the row stays. */
#ifdef LEAVE_WITH_PAGE_OPEN
	page_drained(h, ok);
#else
	page_close(h);
#ifndef STOP_IN_THE_OLD_TURN
	page_apply(h, processed[h]);
#endif
#ifdef LEAVE_WITHOUT_DRAIN
	ok = 1;
#else
	page_drained(h, ok);
#endif
#endif
	if
	:: ok -> atomic { !killed[h]; PASS(LEFT); row[h] = 0; dead[h] = 0;
		acked[h] = 0; kept[h] = 0; renewed[h] = 0 }
	:: else
	fi;
stopped:
	skip
}

#ifdef WAIT_WITHOUT_D
#define LIMIT T
#else
#define LIMIT (T + D)
#endif

#define WAITED_FOR(h, k) (row[h] && !dead[h] && acked[h] < number[k])
#if ROWS == 2
#define SOMEBODY(k) (WAITED_FOR(0, k) || WAITED_FOR(1, k))
#else
#define SOMEBODY(k) WAITED_FOR(0, k)
#endif

/* The change. COMMITTED is read after its transaction was. */
inline take_away(K, COMMITTED) {
#ifdef NUMBERS_OF_A_SEQUENCE
	atomic { seq++; COMMITTED = seq }
	atomic { number[K] = COMMITTED; allowed_key[K] = 0 }
#else
	atomic { seq++; number[K] = seq; allowed_key[K] = 0 }
#endif
	COMMITTED = clock
}

/* One look at the rows at a time; LATE: somebody has not acknowledged. */
inline wait_for_all(K, COMMITTED, LATE) {
	if
#ifdef NO_WAIT
	:: returned[K] = 1
#endif
	:: atomic { !SOMEBODY(K) -> returned[K] = 1;
		if
		:: clock >= COMMITTED + LIMIT
		:: clock < COMMITTED + LIMIT && !row[0] ->
			PASS(NOBODY)
		:: clock < COMMITTED + LIMIT && row[0] && dead[0] ->
			PASS(NOT_FOR_THE_DEAD)
		:: clock < COMMITTED + LIMIT && row[0] && !dead[0] ->
			PASS(BY_ACKNOWLEDGEMENT)
		fi;
		COMMITTED = 0 }
	:: atomic { SOMEBODY(K) && clock >= COMMITTED + LIMIT ->
		returned[K] = 1;
		LATE = 1;
		COMMITTED = 0;
		PASS(BY_TIME) }
	fi
}

proctype Clock() {
end:	do
	:: clock < MAXT -> clock++
	od
}
