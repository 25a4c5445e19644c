/* SPDX-License-Identifier: ISC */
/*
 * quota_reader [layer 6]: asks the database every second, by a thread of its
 * own, what others let in of the keys that this process has charged. While
 * the database cannot be asked nothing is learned of others; what this process
 * lets in goes on being counted.
 */
#ifndef HASP_QUOTA_READER_H
#define HASP_QUOTA_READER_H

#include "db.h"
#include "err.h"

/*
 * The database that is asked from the next time on; the texts are copied, the
 * breaker is not shared. Before quota_reader_start, and when it changes.
 */
void quota_reader_set(const struct db_options *options);

/* Starts the thread, once. ERR_SYSTEM. */
enum err quota_reader_start(void) MUST_CHECK;

/*
 * Ends the thread by DEADLINE (clock_mono_ms). False if it still waits for the
 * database then. True if it never started.
 */
bool quota_reader_stop(int64_t deadline) MUST_CHECK;

#endif
