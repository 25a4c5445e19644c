/* SPDX-License-Identifier: ISC */
/* moment_test: points of time from text and to headers. */
#include "unit.h"

#include <stdio.h>

#include "clock.h"
#include "moment.h"

static void
test_taken(void **state)
{
	static const struct {
		const char *text, *utc;
	} rows[] = {
		{ "2031-05-04T03:02:01Z", "2031-05-04T03:02:01Z" },
		{ "2031-05-04t03:02:01z", "2031-05-04T03:02:01Z" },
		{ "2031-05-04 03:02:01Z", "2031-05-04T03:02:01Z" },
		{ "2031-05-04T03:02:01+02:00", "2031-05-04T01:02:01Z" },
		{ "2031-01-01T00:00:00+00:01", "2030-12-31T23:59:00Z" },
		{ "2031-12-31T23:59:59-00:01", "2032-01-01T00:00:59Z" },
		{ "2031-05-04T03:02:01-23:59", "2031-05-05T03:01:01Z" },
		{ "2031-05-04T03:02:01.5Z", "2031-05-04T03:02:01Z" },
		{ "2031-05-04T03:02:01.999999999999+02:00",
		    "2031-05-04T01:02:01Z" },
		{ "2032-02-29T23:59:59Z", "2032-02-29T23:59:59Z" },
		{ "2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z" },
		{ "1970-01-01T00:00:01Z", "1970-01-01T00:00:01Z" },
		{ "1969-12-31T23:00:01-01:00", "1970-01-01T00:00:01Z" },
		{ "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z" },
	};
	char again[CLOCK_TEXT_SIZE];
	int64_t at;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!moment_parse(str_of(rows[i].text), &at))
			fail_msg("'%s' is refused", rows[i].text);
		clock_text(at, again);
		assert_string_equal(again, rows[i].utc);
		assert_int_equal(at % 1000000, 0);
	}
}

static void
test_refused(void **state)
{
	static const char *const texts[] = {
		"", "Z", "2031", "2031-05-04", "2031-05-04T", "2031-05-04Z",
		"2031-05-04T03:02:01", "2031-05-04T03:02Z", "2031-05-04T03Z",
		"2031-05-04_03:02:01Z", "2031-5-4T03:02:01Z",
		"20310504T030201Z", "+2031-05-04T03:02:01Z",
		"02031-05-04T03:02:01Z", "31-05-04T03:02:01Z",
		"2031-05-04T03:02:01ZZ", "2031-05-04T03:02:01Z ",
		" 2031-05-04T03:02:01Z", "2031-05-04T03:02:01.Z",
		"2031-05-04T03:02:01.", "2031-05-04T03:02:01,5Z",
		"2031-05-04T03:02:01.5", "2031-05-04T03:02:01+0200",
		"2031-05-04T03:02:01+02", "2031-05-04T03:02:01+2:00",
		"2031-05-04T03:02:01+02:60", "2031-05-04T03:02:01+24:00",
		"2031-05-04T03:02:01+02:00Z", "2031-05-04T24:00:00Z",
		"2031-05-04T03:60:01Z", "2031-05-04T03:02:60Z",
		"2016-12-31T23:59:60Z", "2031-00-04T03:02:01Z",
		"2031-13-04T03:02:01Z", "2031-05-00T03:02:01Z",
		"2031-05-32T03:02:01Z", "2031-04-31T03:02:01Z",
		"2031-02-29T03:02:01Z", "2100-02-29T03:02:01Z",
		"1970-01-01T00:00:00Z", "1970-01-01T01:00:00+01:00",
		"1970-01-01T00:59:59+01:00", "1969-12-31T23:59:59Z",
		"0000-01-01T00:00:00Z", "9999-12-31T23:59:59-00:01",
		"2031-05-04T0a:02:01Z", "2031-05-04T-3:02:01Z", "tomorrow",
	};
	int64_t at = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (moment_parse(str_of(texts[i]), &at))
			fail_msg("'%s' is taken", texts[i]);
	assert_false(moment_parse((struct str){ NULL, 0 }, &at));
	assert_false(moment_parse(STR("2031-05-04T03:02:01Z\0"), &at));
	assert_int_equal(at, 42);
}

static void
test_dates(void **state)
{
	static const char *const wrong[] = {
		"", "2031-05", "2031-05-04Z", "2031-05-04 ", "2031-02-29",
		"2031-05-04T03:02:01Z", "1970-01-01", "1969-12-31", "20310504",
		"2031-05-0", "31-05-04", "2031/05/04",
	};
	int64_t at = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (moment_parse_date(str_of(wrong[i]), &at))
			fail_msg("'%s' is taken", wrong[i]);
	assert_int_equal(at, 42);
	assert_true(moment_parse_date(STR("1970-01-02"), &at));
	assert_int_equal(at, INT64_C(86400) * 1000000);
	assert_true(moment_parse_date(STR("2032-02-29"), &at));
	assert_int_equal(at, INT64_C(1961625600) * 1000000);
}

static void
test_http(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
		/* The example of RFC 9110 section 5.6.7. */
		{ INT64_C(784111777) * 1000000,
		    "Sun, 06 Nov 1994 08:49:37 GMT" },
		{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ 999999, "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ -1, "Wed, 31 Dec 1969 23:59:59 GMT" },
		{ -1000000, "Wed, 31 Dec 1969 23:59:59 GMT" },
		{ INT64_C(951782400) * 1000000,
		    "Tue, 29 Feb 2000 00:00:00 GMT" },
		{ INT64_C(253402300799) * 1000000,
		    "Fri, 31 Dec 9999 23:59:59 GMT" },
		{ INT64_C(253402300800) * 1000000, "" },
		{ INT64_C(-62167219200) * 1000000,
		    "Sat, 01 Jan 0000 00:00:00 GMT" },
		{ INT64_C(-62167219200) * 1000000 - 1, "" },
		{ INT64_MAX, "" }, { INT64_MIN, "" },
	};
	char text[MOMENT_HTTP_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		moment_http(rows[i].us, text);
		assert_string_equal(text, rows[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
