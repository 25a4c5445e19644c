/* SPDX-License-Identifier: ISC */
/*
 * moment [layer 2]: points of time as text, in microseconds of clock_wall_us.
 * A time of 0 means "none" wherever times are kept, so no text gives it. Pure.
 */
#ifndef HASP_MOMENT_H
#define HASP_MOMENT_H

#include "str.h"

/*
 * TEXT as RFC 3339 section 5.6 has it, with seconds and offset
 * ("2031-05-04T03:02:01+02:00"; a blank may stand for the T, a fraction is cut
 * off). False, with WALL_US left alone, for any other text, for days and hours
 * that do not exist, for leap seconds, and for what is not after
 * 1970-01-01T00:00:00Z and before the year 10000, both in UTC.
 */
bool moment_parse(struct str text, int64_t *wall_us) MUST_CHECK;

/* The same for a date alone ("2031-05-04"): its beginning in UTC. */
bool moment_parse_date(struct str text, int64_t *wall_us) MUST_CHECK;

/* Room for moment_http, its NUL included. */
#define MOMENT_HTTP_SIZE 30

/*
 * WALL_US as headers have it (RFC 9110 section 5.6.7, IMF-fixdate: "Sun, 04
 * May 2031 03:02:01 GMT") into OUT; years outside 0 to 9999 give "".
 */
void moment_http(int64_t wall_us, char out[MOMENT_HTTP_SIZE]);

#endif
