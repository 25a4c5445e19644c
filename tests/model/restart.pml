/* SPDX-License-Identifier: ISC */
/*
 * restart: a process that works, is killed with requests in flight, or stops
 * cleanly; and its successor, which may have the lock that only one process
 * can hold, or may not and run beside it. One revocation.
 *
 * Of the successor the page is left out: nothing is in flight in it that began
 * before its row was there, so it acknowledges whatever it likes. What holds
 * for requests that are put to it is what holds for a process in lease.pml.
 */
#ifndef MAXT
#define MAXT 1
#endif
#ifndef REGISTRATIONS
#define REGISTRATIONS 1
#endif
#define WORKERS 1
#define PROCESSES 1
#define ROWS 2
#define KEYS 1

#include "page.pml"
#include "verifier.pml"
#include "worker.pml"

#ifdef ROW_BY_HOST
#define OWN 0
#else
#define OWN 1
#endif

proctype Revoker() {
	byte committed;
	bit late;

	take_away(0, committed);
	wait_for_all(0, committed, late)
}

/* LOCKED: it has the lock, which the first had until it ended. */
proctype Successor(bit locked) {
	atomic {
		row[OWN] = 1;
		if
		:: locked -> dead[0] = 1
		:: else
		fi }
end:	do
	:: acked[OWN] < seq -> acked[OWN] = seq
	od
}

proctype Restart() {
	if
	:: atomic { killed[0] = 1; run Successor(1) }
	:: run Successor(0)
#ifdef MARKED_WITHOUT_THE_LOCK
	:: run Successor(1)
#endif
	fi
}

init {
	atomic {
		run Clock();
		run Verifier(0, 1);
		run Worker(0, 0);
		run Revoker();
		run Restart()
	}
}
