/* SPDX-License-Identifier: ISC */
/*
 * failover: two databases. 0 is the primary and 1 its synchronous standby
 * until that is promoted, at any moment; 0 may live on and knows nothing of
 * it. One process, one revocation, and R1 only: what is in flight does not
 * depend on the database. Everybody may stay connected to 0 or go over to 1.
 * What 0 commits is on 1 first, then visible on 0, then the client is told;
 * after the promotion it waits for ever.
 */
#define FAILOVER
#define R1_ONLY
#define NO_SECOND_LOOK
#define D 0
#ifndef MAXT
#define MAXT 1
#endif
#ifndef REGISTRATIONS
#define REGISTRATIONS 2
#endif
#define WORKERS 1
#define PROCESSES 1
#define KEYS 1

bit promoted;

/* Of each database. */
bit allowed_key[2] = 1;
byte seq[2];
bit row[2];
byte acked[2];

bit returned;

#define ALLOWED_AT(n, k) allowed_key[n]
#define RETURNED(k) returned
#define GONE(h) 0

#include "page.pml"
#include "worker.pml"

proctype Clock() {
end:	do
	:: clock < MAXT -> clock++
	od
}

proctype Failover() {
	promoted = 1
}

/* The log is one: what is committed takes all before it along. */
inline replicate() {
	allowed_key[1] = (allowed_key[1] && allowed_key[0]);
	if
	:: seq[1] < seq[0] -> seq[1] = seq[0]
	:: else
	fi;
	if
	:: row[0] && !row[1] -> row[1] = 1
	:: else
	fi;
	if
	:: acked[1] < acked[0] -> acked[1] = acked[0]
	:: else
	fi
}

/*
 * A commit at N that waits for the standby, in two steps: GOOD is false if the
 * client is not told. DO_1 is what it does to database 1, DO_0 to the other.
 */
#define COMMIT(N, GOOD, DO_1, DO_0) \
	if \
	:: atomic { N == 0 && !promoted -> replicate(); DO_1 }; \
	   atomic { GOOD = !promoted; \
		if \
		:: GOOD -> DO_0 \
		:: else \
		fi } \
	:: atomic { N == 1 -> DO_1; GOOD = 1 } \
	:: N == 0 && promoted -> GOOD = 0 \
	fi

/* One that waits for nobody. */
#define COMMIT_ALONE(N, GOOD, DO_1, DO_0) \
	if \
	:: atomic { N == 0 -> DO_0; GOOD = 1 } \
	:: atomic { N == 0 && !promoted -> DO_0; replicate(); GOOD = 1 } \
	:: atomic { N == 1 -> DO_1; GOOD = 1 } \
	fi

#ifdef ASYNCHRONOUS
#define COMMIT_CHANGE COMMIT_ALONE
#else
#define COMMIT_CHANGE COMMIT
#endif
#if defined ASYNCHRONOUS || defined RENEWAL_COMMITS_ALONE
#define COMMIT_RENEWAL COMMIT_ALONE
#else
#define COMMIT_RENEWAL COMMIT
#endif

inline raise(WHAT, TO) {
	if
	:: WHAT < TO -> WHAT = TO
	:: else
	fi
}

inline apply(C) {
	atomic {
		if
		:: C > processed[0] -> page_touch(0, C)
		:: else
		fi };
	page_apply(0, C)
}

proctype Verifier() {
	bit n;
	byte sent, c, registered;
	bit ok;

register:
	registered++;
	page_close(0);
enrol:
	atomic {
		if
		:: promoted -> n = 1
		:: skip
		fi;
		c = seq[n] }
	COMMIT_RENEWAL(n, ok, row[1] = 1; acked[1] = 0,
	    row[0] = 1; acked[0] = 0);
	if
	:: ok -> ok = 0
	:: !ok -> goto enrol
	fi;
	atomic { page_open(0, c); place[0] = n; c = 0 }
	do
	:: /* Renew, after connecting anew or not. */
	   atomic {
		if
		:: promoted -> n = 1
		:: skip
		fi;
		sent = clock }
	   c = seq[n];
	   COMMIT_RENEWAL(n, ok, raise(acked[1], processed[0]),
	       raise(acked[0], processed[0]));
	   if
	   :: !ok
#ifdef PLACE_NOT_NOTICED
	   :: ok ->
#else
	   :: ok && (n != place[0] || c < processed[0]) ->
		sent = 0;
		c = 0;
		ok = 0;
		if
		:: atomic { registered < REGISTRATIONS ->
			PASS(ANOTHER_PLACE) };
		   goto register
		:: else -> goto stopped
		fi
	   :: ok && n == place[0] && c >= processed[0] ->
#endif
		if
		:: c > processed[0] -> apply(c)
		:: else
		fi;
		page_lease(0, sent + T)
	   :: ok -> PASS(ANSWER_LOST)
	   fi;
	   atomic { sent = 0; c = 0; ok = 0 }
	:: /* A notification; on another database it finds out by renewing. */
	   atomic { n == place[0] && seq[n] > processed[0] -> c = seq[n] };
	   apply(c);
	   c = 0
	:: n == place[0] && acked[n] < processed[0] ->
	   COMMIT_ALONE(n, ok, raise(acked[1], processed[0]),
	       raise(acked[0], processed[0]));
	   ok = 0
	od;
stopped:
	skip
}

#define SOMEBODY(n) (row[n] && acked[n] < number)
#define LIMIT (T + D)

proctype Revoker() {
	bit n, ok, cancelled;
	byte number, committed;

again:
	if
	:: promoted -> n = 1
	:: skip
	fi;
	/* No other is numbered meanwhile. */
	if
	:: COMMIT_CHANGE(n, ok,
	       number = seq[1] + 1; seq[1] = number; allowed_key[1] = 0,
	       number = seq[0] + 1; seq[0] = number; allowed_key[0] = 0)
#ifdef CANCELS
	:: /* The wait for the standby is cancelled: a warning, no error. */
	   atomic { n == 0 && !cancelled ->
		cancelled = 1;
		number = seq[0] + 1;
		seq[0] = number;
		allowed_key[0] = 0;
#ifdef CANCELLED_IS_COMMITTED
		ok = 1
#endif
	   }
#endif
	fi;
	if
	:: ok
	:: !ok -> goto again
	fi;
	committed = clock;
	/* The rows are read where it is connected then. */
	do
	:: n == 0 && promoted -> n = 1
	:: atomic { !SOMEBODY(n) && row[n] -> returned = 1;
		PASS(BY_ACKNOWLEDGEMENT) }; break
	:: atomic { !SOMEBODY(n) && !row[n] -> returned = 1 }; break
	:: atomic { SOMEBODY(n) && clock >= committed + LIMIT ->
		returned = 1;
		PASS(BY_TIME) }; break
	od
}

init {
	atomic {
		run Clock();
		run Failover();
		run Verifier();
		run Worker(0, 0);
		run Revoker()
	}
}
