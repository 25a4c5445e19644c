/* SPDX-License-Identifier: ISC */
/* Percent-encoding [layer 2]: strict, and never beyond its room. */
#include "unit.h"

#include "percent.h"

struct row {
	struct str raw;
	const char *plain;	/* NULL: refused */
};

#define ROW(raw, plain) { { raw, sizeof(raw) - 1 }, plain }

static void
test_rows(void **state)
{
	static const struct row rows[] = {
		ROW("", ""),
		ROW("abc", "abc"),
		ROW("a+b", "a b"),
		ROW("a%2Bb%2bc", "a+b+c"),
		ROW("%41%7e", "A~"),
		ROW("%C3%A9", "\xc3\xa9"),
		ROW("\xc3\xa9", "\xc3\xa9"),
		ROW("%F0%9F%94%91", "\xf0\x9f\x94\x91"),
		ROW("%25", "%"),
		/* Broken escapes. */
		ROW("%", NULL),
		ROW("%4", NULL),
		ROW("a%", NULL),
		ROW("%4g", NULL),
		ROW("%g4", NULL),
		ROW("% 4", NULL),
		ROW("%+4", NULL),
		ROW("%u0041", NULL),
		ROW("%%41", NULL),
		/* NUL. */
		ROW("%00", NULL),
		ROW("a%00b", NULL),
		ROW("a\0b", NULL),
		/* No UTF-8: overlong, surrogates, cut off, too high, alone. */
		ROW("%C0%80", NULL),
		ROW("%C0%AF", NULL),
		ROW("%E0%80%AF", NULL),
		ROW("%ED%A0%80", NULL),
		ROW("%C3", NULL),
		ROW("%C3%2", NULL),
		ROW("%F4%90%80%80", NULL),
		ROW("%80", NULL),
		ROW("%FF", NULL),
		ROW("\xff", NULL),
	};
	char room[32];
	struct str out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool good = percent_decode(rows[i].raw, room, sizeof(room),
		    &out);

		assert_int_equal(good, rows[i].plain != NULL);
		if (good)
			assert_true(str_eq(out, str_of(rows[i].plain)));
	}
}

static void
test_room(void **state)
{
	char room[4] = "zzz";
	struct str out;

	(void)state;
	assert_true(percent_decode(STR("%61%62%63"), room, 3, &out));
	assert_int_equal(out.len, 3);
	assert_int_equal(room[3], '\0');
	assert_false(percent_decode(STR("%61%62%63"), room, 2, &out));
	assert_false(percent_decode(STR("a"), room, 0, &out));
	assert_true(percent_decode(STR(""), room, 0, &out));
}

static void
test_byte(void **state)
{
	(void)state;
	assert_int_equal(percent_byte(STR("a%2fb"), 1), 0x2f);
	assert_int_equal(percent_byte(STR("a%2fb"), 0), -1);
	assert_int_equal(percent_byte(STR("a%2"), 1), -1);
	assert_int_equal(percent_byte(STR(""), 0), -1);
	assert_int_equal(percent_byte(STR("%FF"), 0), 0xff);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
