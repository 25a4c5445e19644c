/* SPDX-License-Identifier: ISC */
#include "moment.h"

#include <stdio.h>
#include <time.h>

#define MOMENT_SECOND INT64_C(1000000)
/* 9999-12-31T23:59:59Z in seconds. */
#define MOMENT_LAST INT64_C(253402300799)

/* Takes LEN digits and then END (0: none) off the front of REST. */
static bool
moment_number(struct str *rest, size_t len, char end, int *out)
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
moment_offset(struct str rest, int64_t *out)
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
	if (!moment_number(&rest, 2, ':', &hours) ||
	    !moment_number(&rest, 2, '\0', &minutes) || rest.len != 0 ||
	    hours > 23 || minutes > 59)
		return false;
	*out = (hours * INT64_C(60) + minutes) * 60 * (west ? -1 : 1);
	return true;
}

/* What stands behind the date: "T03:02:01.5Z". */
static bool
moment_time(struct str rest, struct tm *tm, int64_t *offset)
{
	if (rest.len == 0 || (rest.ptr[0] != 'T' && rest.ptr[0] != 't' &&
	    rest.ptr[0] != ' '))
		return false;
	rest = str_part(rest, 1, rest.len);
	if (!moment_number(&rest, 2, ':', &tm->tm_hour) ||
	    !moment_number(&rest, 2, ':', &tm->tm_min) ||
	    !moment_number(&rest, 2, '\0', &tm->tm_sec) ||
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
	return moment_offset(rest, offset);
}

/* The date at the front of TEXT, which moves past it. */
static bool
moment_day(struct str *text, struct tm *tm)
{
	int year, month;

	*tm = (struct tm){ 0 };
	if (!moment_number(text, 4, '-', &year) ||
	    !moment_number(text, 2, '-', &month) ||
	    !moment_number(text, 2, '\0', &tm->tm_mday))
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	return true;
}

/* The point that TM is, OFFSET seconds east of UTC. */
static bool
moment_point(const struct tm *tm, int64_t offset, int64_t *wall_us)
{
	struct tm again = *tm;
	int64_t seconds = (int64_t)timegm(&again) - offset;

	/* timegm makes 1 March of 30 February. */
	if (again.tm_mday != tm->tm_mday || again.tm_mon != tm->tm_mon ||
	    seconds <= 0 || seconds > MOMENT_LAST)
		return false;
	*wall_us = seconds * MOMENT_SECOND;
	return true;
}

bool
moment_parse(struct str text, int64_t *wall_us)
{
	int64_t offset;
	struct tm tm;

	return moment_day(&text, &tm) && moment_time(text, &tm, &offset) &&
	    moment_point(&tm, offset, wall_us);
}

bool
moment_parse_date(struct str text, int64_t *wall_us)
{
	struct tm tm;

	return moment_day(&text, &tm) && text.len == 0 &&
	    moment_point(&tm, 0, wall_us);
}

void
moment_http(int64_t wall_us, char out[MOMENT_HTTP_SIZE])
{
	/* Not strftime: it speaks the language of the locale. */
	static const char days[][4] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	};
	static const char months[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec",
	};
	time_t seconds = (time_t)(wall_us / MOMENT_SECOND);
	char text[80];
	struct tm tm;

	out[0] = '\0';
	if (wall_us % MOMENT_SECOND < 0)
		seconds--;
	if (gmtime_r(&seconds, &tm) == NULL || tm.tm_year < -1900 ||
	    tm.tm_year > 8099)
		return;
	/* TEXT holds whatever the compiler thinks that numbers can be. */
	(void)snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	(void)snprintf(out, MOMENT_HTTP_SIZE, "%.29s", text);
}
