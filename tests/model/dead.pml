/* SPDX-License-Identifier: ISC */
/*
 * dead: one process and two revocations, one after the other. The first may
 * mark the process dead, so that the second does not wait for it; the process
 * may have been renewed meanwhile, or wake up later. The database may crash,
 * which takes what was committed without waiting for the disk.
 */
#ifndef MAXT
#define MAXT 3
#endif
#ifndef WORKERS
#define WORKERS 1
#endif
#ifndef REGISTRATIONS
#define REGISTRATIONS 2
#endif
#ifndef KEYS
#define KEYS 1		/* 2: the first one takes key 0, else nothing */
#endif
#define PROCESSES 1
#define ROWS 1

#include "page.pml"
#include "verifier.pml"
#include "worker.pml"

#ifdef BURIED_WITHOUT_D
#define SILENCE T
#else
#define SILENCE (T + D)
#endif

proctype Revoker() {
	byte committed, seen;
	bit late;

#if KEYS == 2
	take_away(0, committed);
#endif
	/* The row is read, how far it is renewed included. */
#ifdef SEEN_BEFORE_THE_ROW
	seen = clock;
	renewed[0] = 0;
#else
	renewed[0] = 0;
	seen = clock;
#endif
#if KEYS == 2
	wait_for_all(0, committed, late);
#else
	late = 1;
#endif
	/* Somebody else would mark it dead later, or nobody. */
#ifdef SEEN_JUST_NOW
	atomic { clock >= seen + SILENCE -> renewed[0] = 0 }
#endif
	atomic {
		if
		:: late && clock >= seen + SILENCE && row[0] &&
#ifdef RENEWALS_NOT_COMPARED
		   1 ->
#else
		   !renewed[0] ->
#endif
			dead[0] = 1
#if KEYS == 2
		:: skip
#else
		:: clock >= seen + SILENCE
#endif
		fi;
		late = 0;
		seen = 0 }
	take_away(KEYS - 1, committed);
	wait_for_all(KEYS - 1, committed, late)
}

#ifdef CRASHES
proctype Crash() {
	atomic {
		acked[0] = kept[0];
#ifdef RENEWAL_NOT_ON_DISK
		renewed[0] = 0
#endif
#ifdef ENROLMENT_NOT_ON_DISK
		row[0] = 0
#endif
	}
}
#endif

init {
	byte i;

	atomic {
		run Clock();
		run Verifier(0, 0);
		run Revoker();
#ifdef CRASHES
		run Crash();
#endif
		do
		:: i < WORKERS -> run Worker(0, i); i++
		:: else -> i = 0; break
		od
	}
}
