/* SPDX-License-Identifier: ISC */
#include "when.h"

#include <time.h>

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

/* Takes LEN digits and then END (0: none) off the front of REST. */
static bool
when_number(struct str *rest, size_t len, char end, int *out)
{
	struct str digits = str_part(*rest, 0, len);
	size_t used = len + (end != '\0');

	if (digits.len != len || !str_all_digits(digits) || rest->len < used ||
	    (end != '\0' && rest->ptr[len] != end))
		return false;
	*out = 0;
	for (size_t i = 0; i < len; i++)
		*out = *out * 10 + (digits.ptr[i] - '0');
	*rest = str_part(*rest, used, rest->len);
	return true;
}

/* "Z", "+02:00": seconds east of UTC. */
static bool
when_offset(struct str rest, int64_t *out)
{
	int hours, minutes;
	bool west;

	*out = 0;
	if (str_eq_nocase(rest, STR("Z")))
		return true;
	if (rest.len == 0 || (rest.ptr[0] != '+' && rest.ptr[0] != '-'))
		return false;
	west = rest.ptr[0] == '-';
	rest = str_part(rest, 1, rest.len);
	if (!when_number(&rest, 2, ':', &hours) ||
	    !when_number(&rest, 2, '\0', &minutes) || rest.len != 0 ||
	    hours > 23 || minutes > 59)
		return false;
	*out = (hours * INT64_C(60) + minutes) * 60 * (west ? -1 : 1);
	return true;
}

/* What stands behind the date: "T03:02:01.5Z". */
static bool
when_time(struct str rest, struct tm *tm, int64_t *offset)
{
	if (rest.ptr[0] != 'T' && rest.ptr[0] != 't' && rest.ptr[0] != ' ')
		return false;
	rest = str_part(rest, 1, rest.len);
	if (!when_number(&rest, 2, ':', &tm->tm_hour) ||
	    !when_number(&rest, 2, ':', &tm->tm_min) ||
	    !when_number(&rest, 2, '\0', &tm->tm_sec) ||
	    tm->tm_hour > 23 || tm->tm_min > 59 || tm->tm_sec > 59)
		return false;
	if (rest.len > 1 && rest.ptr[0] == '.') {
		rest = str_part(rest, 1, rest.len);
		if (rest.ptr[0] < '0' || rest.ptr[0] > '9')
			return false;
		while (rest.len > 0 && rest.ptr[0] >= '0' &&
		    rest.ptr[0] <= '9')
			rest = str_part(rest, 1, rest.len);
	}
	return when_offset(rest, offset);
}

static bool
when_date(struct str text, int64_t *out)
{
	struct tm tm = { 0 }, again;
	int64_t offset = 0;
	int year, month;
	time_t t;

	if (!when_number(&text, 4, '-', &year) ||
	    !when_number(&text, 2, '-', &month) ||
	    !when_number(&text, 2, '\0', &tm.tm_mday))
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	if (text.len > 0 && !when_time(text, &tm, &offset))
		return false;
	again = tm;
	t = timegm(&again);
	/* timegm makes 1 March of 30 February. */
	if (again.tm_mday != tm.tm_mday || again.tm_mon != tm.tm_mon ||
	    year < 1970)
		return false;
	*out = ((int64_t)t - offset) * 1000000;
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
	return when_date(text, out);
}
