/* SPDX-License-Identifier: ISC */
/*
 * use [layer 6]: when and from where each secret was last let in: kept in
 * memory, written to the database every second, some hundred secrets at a
 * time, by a thread of its own. It is when, not how often: what cannot be kept
 * (of more than USE_SECRETS secrets that wait, or by a program that is killed)
 * is forgotten, the oldest first.
 */
#ifndef HASP_USE_H
#define HASP_USE_H

#include "db.h"
#include "decision.h"
#include "err.h"

#define USE_SECRETS 16384

/*
 * The database that is written to from the next time on; the texts are
 * copied, the breaker is not shared. Before use_start, and when it changes.
 */
void use_set(const struct db_options *options);

/* Starts the thread, once. ERR_SYSTEM. Without it use_note does nothing. */
enum err use_start(void) MUST_CHECK;

/*
 * Writes what is left and ends the thread, by DEADLINE (clock_mono_ms). False
 * if it still waits for the database then. True if it never started.
 */
bool use_stop(int64_t deadline) MUST_CHECK;

/* The secret of RECORD was let in at NOW (clock_wall_us) from ADDRESS. */
void use_note(const struct decision_record *record, struct str address,
    int64_t now);

#endif
