/* SPDX-License-Identifier: ISC */
/* Views of text [layer 0]: clipping, NUL bytes, cutting, numbers. */
#include "unit.h"

#include <stdio.h>

#include "str.h"

static const struct str nothing = { NULL, 0 };

static void
test_of(void **state)
{
	(void)state;
	assert_str(str_of("abc"), "abc");
	assert_str(str_of(""), "");
	assert_int_equal(str_of(NULL).len, 0);
	assert_int_equal(STR("a\0b").len, 3);
}

static void
test_part_clips(void **state)
{
	(void)state;
	assert_str(str_part(STR("hello"), 1, 3), "ell");
	assert_str(str_part(STR("hello"), 0, 99), "hello");
	assert_str(str_part(STR("hello"), 4, SIZE_MAX), "o");
	assert_str(str_part(STR("hello"), 5, 1), "");
	assert_str(str_part(STR("hello"), SIZE_MAX, SIZE_MAX), "");
	assert_str(str_part(STR("hello"), 2, 0), "");
	assert_str(str_part(nothing, 3, 3), "");
}

static void
test_equality(void **state)
{
	(void)state;
	assert_true(str_eq(STR("a\0b"), STR("a\0b")));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_false(str_eq(STR("a"), STR("a\0")));
	assert_false(str_eq(STR("a"), STR("A")));
	assert_true(str_eq(nothing, STR("")));
	assert_true(str_eq_nocase(STR("BeArEr"), STR("bEaReR")));
	assert_false(str_eq_nocase(STR("bearer"), STR("bearer ")));
	/* Only the letters of ASCII: these pairs differ by 0x20, too. */
	assert_false(str_eq_nocase(STR("["), STR("{")));
	assert_false(str_eq_nocase(STR("@"), STR("`")));
	assert_false(str_eq_nocase(STR("\xc4"), STR("\xe4")));
	assert_true(str_eq_nocase(nothing, STR("")));
}

static void
test_starts(void **state)
{
	(void)state;
	assert_true(str_starts(STR("Basic x"), STR("Basic ")));
	assert_false(str_starts(STR("Basic"), STR("Basic ")));
	assert_false(str_starts(STR("basic x"), STR("Basic ")));
	assert_true(str_starts_nocase(STR("basic x"), STR("Basic ")));
	assert_false(str_starts_nocase(STR("basi"), STR("Basic ")));
	assert_true(str_starts(STR("x"), STR("")));
	assert_true(str_starts(nothing, STR("")));
}

static void
test_finds(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("a:b:c"), ':'), 1);
	assert_int_equal(str_find(STR("abc"), ':'), 3);
	assert_int_equal(str_find(STR("a\0b"), 'b'), 2);
	assert_int_equal(str_find(STR("a\0b"), '\0'), 1);
	assert_int_equal(str_find(STR("abc"), '\0'), 3);
	assert_int_equal(str_find(nothing, 'x'), 0);
	assert_true(str_has(STR("a\0bcd"), STR("bc")));
	assert_true(str_has(STR("abc"), STR("abc")));
	assert_false(str_has(STR("ab"), STR("abc")));
	assert_false(str_has(nothing, STR("a")));
}

static void
test_cuts(void **state)
{
	struct str before, after;

	(void)state;
	assert_true(str_cut(STR("a:b:c"), ':', &before, &after));
	assert_str(before, "a");
	assert_str(after, "b:c");
	assert_true(str_cut(STR(":"), ':', &before, &after));
	assert_str(before, "");
	assert_str(after, "");
	assert_false(str_cut(STR("abc"), ':', &before, &after));
	assert_str(before, "abc");
	assert_str(after, "");
	assert_false(str_cut(nothing, ':', &before, &after));
	assert_str(before, "");
	assert_str(after, "");
}

static void
test_words(void **state)
{
	struct str rest = STR("  live\ttest   demo "), word;

	(void)state;
	assert_true(str_word(&rest, " \t", &word));
	assert_str(word, "live");
	assert_true(str_word(&rest, " \t", &word));
	assert_str(word, "test");
	assert_true(str_word(&rest, " \t", &word));
	assert_str(word, "demo");
	assert_false(str_word(&rest, " \t", &word));
	assert_str(word, "");
	assert_false(str_word(&rest, " \t", &word));
	rest = nothing;
	assert_false(str_word(&rest, " ", &word));
	/* A NUL byte separates nothing. */
	rest = STR("a\0b c");
	assert_true(str_word(&rest, " ", &word));
	assert_str(word, "a\0b");
}

static void
test_trims(void **state)
{
	(void)state;
	assert_str(str_trim(STR(" \t a b\t ")), "a b");
	assert_str(str_trim(STR(" \t ")), "");
	assert_str(str_trim(STR("")), "");
	assert_str(str_trim(nothing), "");
	/* Line ends and NUL bytes are no blanks: they must stay visible. */
	assert_str(str_trim(STR(" \na\r\n")), "\na\r\n");
	assert_str(str_trim(STR(" a\0 ")), "a\0");
}

static void
test_digits(void **state)
{
	(void)state;
	assert_true(str_all_digits(STR("0123456789")));
	assert_false(str_all_digits(STR("")));
	assert_false(str_all_digits(STR("12a")));
	assert_false(str_all_digits(STR("-1")));
	assert_false(str_all_digits(STR("1\0")));
	assert_false(str_all_digits(STR("/")));
	assert_false(str_all_digits(STR(":")));
	/* ARABIC-INDIC DIGIT ONE */
	assert_false(str_all_digits(STR("\xd9\xa1")));
}

static void
test_numbers(void **state)
{
	uint64_t n;

	(void)state;
	assert_true(str_u64(STR("0"), UINT64_MAX, &n));
	assert_int_equal(n, 0);
	assert_true(str_u64(STR("18446744073709551615"), UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	assert_true(str_u64(STR("9223372036854775807"), INT64_MAX, &n));
	assert_true(n == INT64_MAX);
	assert_true(str_u64(STR("7"), 7, &n));
	assert_int_equal(n, 7);
	assert_true(str_u64(STR("0"), 0, &n));
}

static void
test_refused_numbers(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "01",
		"00", "0x1", "1e3", "1.0", "18446744073709551616",
		"18446744073709551620", "99999999999999999999",
		"184467440737095516150", "1,000" };
	uint64_t n = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(str_u64(str_of(bad[i]), UINT64_MAX, &n));
	assert_false(str_u64(STR("9223372036854775808"), INT64_MAX, &n));
	assert_false(str_u64(STR("8"), 7, &n));
	assert_false(str_u64(STR("10"), 9, &n));
	assert_false(str_u64(STR("1"), 0, &n));
	assert_false(str_u64(STR("1\0"), 9, &n));
	assert_false(str_u64(nothing, 9, &n));
	/* A refusal leaves the number alone. */
	assert_int_equal(n, 42);
}

static void
test_numbers_against_their_limit(void **state)
{
	uint64_t n;
	char text[24];

	(void)state;
	for (uint64_t max = 0; max < 130; max++)
		for (uint64_t i = 0; i < 140; i++) {
			(void)snprintf(text, sizeof(text), "%d", (int)i);
			assert_int_equal(str_u64(str_of(text), max, &n),
			    i <= max);
		}
}

static void
test_hashes(void **state)
{
	uint64_t all = 0;
	char text[8];

	(void)state;
	assert_true(str_hash(STR("a"), 1) == str_hash(STR("a"), 1));
	assert_true(str_hash(STR("a"), 1) != str_hash(STR("a"), 2));
	assert_true(str_hash(STR("ab"), 1) != str_hash(STR("ba"), 1));
	/* The low bits alone tell texts apart that differ at their end. */
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(text, sizeof(text), "key%d", i);
		all |= (uint64_t)1 << str_hash(str_of(text), 0) % 64;
	}
	assert_true(all == UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of),
		cmocka_unit_test(test_part_clips),
		cmocka_unit_test(test_equality),
		cmocka_unit_test(test_starts),
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_trims),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_refused_numbers),
		cmocka_unit_test(test_numbers_against_their_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
