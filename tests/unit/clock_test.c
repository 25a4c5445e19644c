/* SPDX-License-Identifier: ISC */
/* The clocks [layer 0]: direction, deadlines, RFC 3339 text. */
#include "unit.h"

#include <limits.h>

#include "clock.h"

#define SECOND INT64_C(1000000)

static void
test_never_back(void **state)
{
	int64_t us = clock_mono_us(), ms = clock_mono_ms();
	int64_t boot = clock_boot_us();

	(void)state;
	/* Where a machine never slept both count alike. */
	assert_true(boot >= us - 1000);
	assert_true(us >= 0);
	for (int i = 0; i < 1000; i++) {
		int64_t next_us = clock_mono_us(), next_ms = clock_mono_ms();

		assert_true(clock_boot_us() >= boot);
		assert_true(next_us >= us);
		assert_true(next_ms >= ms);
		us = next_us;
		ms = next_ms;
	}
}

static void
test_units(void **state)
{
	int64_t before = clock_mono_us() / 1000;
	int64_t between = clock_mono_ms();
	int64_t after = clock_mono_us() / 1000;

	(void)state;
	assert_true(before <= between);
	assert_true(between <= after);
	/* Past 2020 and before 2200, in microseconds. */
	assert_true(clock_wall_us() > INT64_C(1577836800) * SECOND);
	assert_true(clock_wall_us() < INT64_C(7258118400) * SECOND);
}

static void
test_time_left(void **state)
{
	int64_t now = clock_mono_ms();
	int left = clock_left_ms(now + 100000);

	(void)state;
	assert_true(left <= 100000);
	assert_true(left > 0);
	assert_int_equal(clock_left_ms(now), 0);
	assert_int_equal(clock_left_ms(now - 1), 0);
	assert_int_equal(clock_left_ms(0), 0);
	assert_int_equal(clock_left_ms(now + INT64_C(1) * INT_MAX * 2),
	    INT_MAX);
}

static void
test_text(void **state)
{
	static const struct {
		int64_t wall_us;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 999999, "1970-01-01T00:00:00Z" },
		{ 1000000, "1970-01-01T00:00:01Z" },
		/* Before the epoch the second rounds down, too. */
		{ -1, "1969-12-31T23:59:59Z" },
		{ -1000000, "1969-12-31T23:59:59Z" },
		{ -1000001, "1969-12-31T23:59:58Z" },
		{ 951782400 * SECOND, "2000-02-29T00:00:00Z" },
		{ 2147483647 * SECOND, "2038-01-19T03:14:07Z" },
		{ INT64_C(2147483648) * SECOND, "2038-01-19T03:14:08Z" },
		{ INT64_C(4107542400) * SECOND, "2100-03-01T00:00:00Z" },
		{ INT64_C(253402300799) * SECOND + 999999,
		    "9999-12-31T23:59:59Z" },
		{ INT64_C(-62135596800) * SECOND, "0001-01-01T00:00:00Z" },
		{ INT64_C(-62167219200) * SECOND, "0000-01-01T00:00:00Z" },
		{ INT64_C(253402300800) * SECOND, "" },
		{ INT64_C(-62167219200) * SECOND - 1, "" },
		{ INT64_MAX, "" },
		{ INT64_MIN, "" },
		{ INT64_MIN + 999999, "" },
	};
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memset(text, 'x', sizeof(text));
		clock_text(rows[i].wall_us, text);
		assert_string_equal(text, rows[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_back),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_time_left),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
