/* SPDX-License-Identifier: ISC */
#include "clock.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

static int64_t
clock_us(clockid_t id)
{
	struct timespec ts;

	/* None of the clocks can fail on Linux once the id is valid. */
	if (clock_gettime(id, &ts) != 0)
		abort();
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

int64_t
clock_mono_ms(void)
{
	return clock_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_boot_us(void)
{
	return clock_us(CLOCK_BOOTTIME);
}

int64_t
clock_wall_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

int
clock_left_ms(int64_t deadline)
{
	int64_t left = deadline - clock_mono_ms();

	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

void
clock_text(int64_t wall_us, char out[CLOCK_TEXT_SIZE])
{
	time_t seconds = (time_t)(wall_us / 1000000);
	struct tm tm;

	out[0] = '\0';
	if (wall_us < 0)
		seconds = (time_t)((wall_us - 999999) / 1000000);
	if (gmtime_r(&seconds, &tm) == NULL || tm.tm_year < -1900 ||
	    tm.tm_year > 8099)
		return;
	/* strftime leaves out the zeros of a year before 1000. */
	(void)snprintf(out, CLOCK_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}
