/* SPDX-License-Identifier: ISC */
/*
 * lease: one process, and as many revocations at the same time as there are
 * keys. Leases, marks, the cache, drains, registering again.
 */
#ifndef MAXT
#define MAXT 2
#endif
#ifndef WORKERS
#define WORKERS 1
#endif
#ifndef KEYS
#define KEYS 1
#endif
#ifndef REGISTRATIONS
#define REGISTRATIONS 1		/* at most, the first included */
#endif
#define PROCESSES 1
#define ROWS 1
#define REGISTERS_AT_WILL

#include "page.pml"
#include "verifier.pml"
#include "worker.pml"

proctype Revoker(byte k) {
	byte committed;
	bit late;

	take_away(k, committed);
	wait_for_all(k, committed, late)
}

init {
	byte i;

	atomic {
		run Clock();
		run Verifier(0, 0);
		do
		:: i < KEYS -> run Revoker(i); i++
		:: else -> i = 0; break
		od;
		do
		:: i < WORKERS -> run Worker(0, i); i++
		:: else -> i = 0; break
		od
	}
}
