/* SPDX-License-Identifier: ISC */
/*
 * throttle [layer 7]: keeps a flood of bad peers from filling the log: so many
 * lines in so many seconds, then silence and a count.
 */
#ifndef HASP_THROTTLE_H
#define HASP_THROTTLE_H

#include <pthread.h>

#include "base.h"

#define THROTTLE_LINES 10
#define THROTTLE_WINDOW_MS 10000

/* All zero, with a PTHREAD_MUTEX_INITIALIZER, is a fresh one. */
struct throttle {
	pthread_mutex_t lock;
	int64_t start;		/* of the window, of clock_mono_ms */
	int lines;		/* written in it */
	int64_t held;		/* held back since the last line */
};

/*
 * Whether a line may be written at NOW (clock_mono_ms); HELD then gets how
 * many were held back since the last one. Safe to call from any thread.
 */
bool throttle_pass(struct throttle *throttle, int64_t now, int64_t *held)
    MUST_CHECK;

#endif
