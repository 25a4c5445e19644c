/* SPDX-License-Identifier: ISC */
#include "when.h"

#include "moment.h"

#define WHEN_SPAN_MAX (INT64_C(100) * 366 * 86400)

static const struct {
	char unit;
	int64_t seconds;
} when_units[] = {
	{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
	{ 'w', 604800 },
};

bool
when_span(struct str text, int64_t *seconds)
{
	int64_t unit = 1;
	uint64_t n;

	for (size_t i = 0; i < ARRAY_LEN(when_units) && text.len > 0; i++) {
		if (text.ptr[text.len - 1] != when_units[i].unit)
			continue;
		unit = when_units[i].seconds;
		text.len--;
		break;
	}
	if (!str_u64(text, (uint64_t)(WHEN_SPAN_MAX / unit), &n))
		return false;
	*seconds = (int64_t)n * unit;
	return true;
}

bool
when_point(struct str text, int64_t now, int64_t *out)
{
	int64_t seconds;

	if (text.len > 0 && !str_all_digits(text) &&
	    when_span(text, &seconds)) {
		*out = now + seconds * 1000000;
		return true;
	}
	return moment_parse(text, out) || moment_parse_date(text, out);
}
