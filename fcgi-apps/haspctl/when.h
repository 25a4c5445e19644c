/* SPDX-License-Identifier: ISC */
/*
 * when [layer 8]: points and spans of time as operators write them. Pure.
 */
#ifndef HASPCTL_WHEN_H
#define HASPCTL_WHEN_H

#include "str.h"

/*
 * A span in seconds: digits alone are seconds, or with one of the units
 * s, m (minutes), h, d, w behind them. At most 100 years.
 */
bool when_span(struct str text, int64_t *seconds) MUST_CHECK;

/*
 * A point of time, in microseconds of clock_wall_us: a span with a unit
 * counted from NOW, or what moment_parse and moment_parse_date take. False for
 * any other text.
 */
bool when_point(struct str text, int64_t now, int64_t *out) MUST_CHECK;

#endif
