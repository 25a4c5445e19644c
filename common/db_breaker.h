/* SPDX-License-Identifier: ISC */
/*
 * db_breaker [layer 4]: what the connections of this process know together
 * about the database: while it is down they refuse at once instead of each
 * waiting for itself, and one of them tries every DB_BREAKER_PAUSE ms. Any
 * thread may call; times are of clock_mono_ms.
 */
#ifndef HASP_DB_BREAKER_H
#define HASP_DB_BREAKER_H

#include "base.h"

#define DB_BREAKER_PAUSE 200

/* Whether the caller may try; false: refuse at once. */
bool db_breaker_admits(int64_t now);

/* An answer came. True if the database was down before: worth a log line. */
bool db_breaker_up(int64_t now);

/*
 * An attempt that began at BEGUN found the database down at NOW. Counts for
 * nothing if anybody had an answer since it began. True if it was up before.
 */
bool db_breaker_down(int64_t begun, int64_t now);

#endif
