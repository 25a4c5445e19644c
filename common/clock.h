/* SPDX-License-Identifier: ISC */
/*
 * clock [layer 0]: the clocks. Deadlines are measured on the monotonic one,
 * leases on the one that never stops, dates (expiry, not-before) are compared
 * with the wall clock.
 */
#ifndef HASP_CLOCK_H
#define HASP_CLOCK_H

#include "base.h"

/* CLOCK_MONOTONIC in milliseconds; only differences mean anything. */
int64_t clock_mono_ms(void);

/* CLOCK_MONOTONIC in microseconds, for measuring how long a thing took. */
int64_t clock_mono_us(void);

/*
 * CLOCK_BOOTTIME in microseconds: goes on while the machine sleeps, and no one
 * can set it. For leases.
 */
int64_t clock_boot_us(void);

/* The date: microseconds since 1970-01-01T00:00:00Z, leap seconds ignored. */
int64_t clock_wall_us(void);

/* Milliseconds from now until DEADLINE (of clock_mono_ms), at least 0. */
int clock_left_ms(int64_t deadline);

/* Room for clock_text, its NUL included. */
#define CLOCK_TEXT_SIZE 80

/*
 * WALL_US as RFC 3339 text in UTC with seconds ("2031-05-04T03:02:01Z") into
 * OUT; years outside 0 to 9999 give an empty text.
 */
void clock_text(int64_t wall_us, char out[CLOCK_TEXT_SIZE]);

#endif
