/* SPDX-License-Identifier: ISC */
/*
 * shipper [layer 6]: brings the uses in journals into the database, each once,
 * by a thread of its own: those of this process, and those that dead processes
 * left in the same folder. Nobody waits for it; while the database is away the
 * journals keep what comes.
 */
#ifndef HASP_SHIPPER_H
#define HASP_SHIPPER_H

#include "db.h"
#include "err.h"

/*
 * The database that uses go to from the next time on; the texts are copied,
 * the breaker is not shared. Before shipper_start, and when it changes.
 */
void shipper_set(const struct db_options *options);

/*
 * Starts the thread, once, after journal_start; without a journal of its own
 * there is nothing to do and it does not start. ERR_SYSTEM, ERR_MEMORY.
 */
enum err shipper_start(void) MUST_CHECK;

/*
 * After journal_stop: ships what is left and ends the thread, by DEADLINE
 * (clock_mono_ms), and within SHIPPER_STOP ms. False if it still waits for the
 * database then. What is not shipped comes with the next start. True if it
 * never started.
 */
bool shipper_stop(int64_t deadline) MUST_CHECK;

#define SHIPPER_STOP 1000	/* ms */

#endif
