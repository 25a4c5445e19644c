/* SPDX-License-Identifier: ISC */
/*
 * worker: a thread of auth-check that answers requests one after the other,
 * and what is promised of its answers. For the other models, which define
 *
 *	ALLOWED(k)	whether key K is good, as the database has it
 *	RETURNED(k)	whether its revocation has returned
 *	GONE(h)		whether the process was killed
 *
 * and with FAILOVER in lieu of the first
 *
 *	ALLOWED_AT(n, k)	the same, as database N has it
 *	place[h]		the database that the lease of process H is of
 *	promoted		whether database 1 answers, too
 *
 * With R1_ONLY nothing is in flight: no slots, and answers are never late.
 */
#ifdef FAILOVER
#define READ(k) ALLOWED_AT(n, k)
#else
#define READ(k) ALLOWED(k)
#endif

/* Slot W is of process W / WORKERS. */
proctype Worker(byte h; byte w) {
	byte k;			/* the key that is asked about */
	byte came;		/* when the request came */
	bit after;		/* the revocation had returned by then */
	byte t;			/* the clock as it was read */
	byte e, asof;		/* the tag */
	bit ok, allowed;
	byte x;
#ifdef FAILOVER
	bit n;			/* the database that it is connected to */
	bit tagged_place;
#endif

	do
	:: atomic {
#if defined ASKED
		k = ASKED;
#elif KEYS == 2
		if
		:: k = 0
		:: k = 1
		fi;
#endif
#ifdef CLOCK_BEFORE_REQUEST
		t = clock }
	   atomic {
#endif
#ifndef R1_ONLY
		came = clock;
#endif
		after = RETURNED(k) }
#if !defined ENTER_LATE && !defined R1_ONLY
	   page_enter(h, w, x);
#endif
#ifndef CLOCK_BEFORE_REQUEST
	   t = clock;
#endif
	   ok = 1;
#if !defined NO_FIRST_LOOK && !defined MARKS_BEFORE_LEASE
	   page_leased(h, t, ok);
#endif
#ifdef PLAIN_READ
	   if
	   :: !ok -> atomic { allowed = READ(k); goto answer }
	   :: else
	   fi;
#endif
	   if
	   :: !ok -> goto refuse
	   :: else
	   fi;
look:	   atomic {
		e = entry_epoch[h * KEYS + k];
		asof = entry_asof[h * KEYS + k];
		allowed = entry_allowed[h * KEYS + k] }
	   page_current(h, h * KEYS + k, e, asof, t, ok);
	   if
	   :: atomic { ok -> PASS(HIT) }
	   :: else ->
#ifdef MARKS_BEFORE_LEASE
		page_leased(h, t, ok);
		if
		:: !ok -> goto refuse
		:: else
		fi;
#endif
#ifdef TAG_AFTER_SELECT
		allowed = READ(k);
#endif
		page_tag(h, e, asof, ok);
#ifdef FAILOVER
		/* Which database it is stays true for a connection. */
		atomic {
			if
			:: promoted -> n = 1
			:: skip
			fi;
#ifndef PLACE_NOT_COMPARED
			ok = (ok && n == tagged_place);
#endif
			tagged_place = 0 }
#endif
		if
		:: !ok -> goto refuse
		:: else
		fi;
#ifndef TAG_AFTER_SELECT
		allowed = READ(k);
#endif
		d_step {
			entry_epoch[h * KEYS + k] = e;
			entry_asof[h * KEYS + k] = asof;
			entry_allowed[h * KEYS + k] = allowed }
	   fi;
#ifndef NO_SECOND_LOOK
	   t = clock;
	   page_current(h, h * KEYS + k, e, asof, t, ok);
	   if
	   :: !ok -> goto look
	   :: !ok -> goto refuse
	   :: else
	   fi;
#endif
#ifdef ENTER_LATE
	   page_enter(h, w, x);
#endif
#ifdef LEAVE_EARLY
	   page_leave(w);
#endif
answer:	   atomic {
		/*
		 * A request that came after the return is refused (R1). No
		 * other is answered "allowed" after it (R2); an answer that
		 * comes later than D nobody waits for.
		 */
		assert(GONE(h) || !allowed || !after);
#ifndef R1_ONLY
		assert(GONE(h) || !allowed || !RETURNED(k) ||
		    clock > came + D)
#endif
	   }
refuse:	   atomic {
#ifndef R1_ONLY
		page_leave(w);
#endif
		k = 0; came = 0; after = 0; t = 0; e = 0; asof = 0;
		allowed = 0; ok = 0 }
	od
}
