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

/* A set takes each byte by itself, wherever it stands. */
static void
test_sets(void **state)
{
	static const bool nearly_all[UCHAR_MAX + 1] = {
		[1 ... 'w'] = true, ['y' ... UCHAR_MAX] = true,
	};

	(void)state;
	assert_true(str_all_in(nothing, nearly_all));
	for (unsigned int byte = 0; byte <= UCHAR_MAX; byte++) {
		const char text[] = { 'a', (char)byte, 'b' };
		bool in = byte != 0 && byte != 'x';

		for (size_t from = 0; from < 2; from++)
			for (size_t len = 2 - from; len + from <= 3; len++)
				assert_int_equal(str_all_in((struct str){
				    text + from, len }, nearly_all), in);
	}
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

/* What RFC 3629 section 3 makes of CODE; how many bytes. */
static size_t
encode(uint32_t code, char out[4])
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 :
	    code < 0x10000 ? 3 : 4;

	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	out[0] = (char)(lead[len] | code);
	return len;
}

static void
test_every_character_is_utf8(void **state)
{
	char text[6] = "";
	size_t len;

	(void)state;
	for (uint32_t code = 0; code < 0x200000; code++) {
		bool good = code < 0xd800 ||
		    (code > 0xdfff && code < 0x110000);

		len = encode(code, text);
		text[len] = 'x';
		if (str_is_utf8((struct str){ text, len }) != good ||
		    str_is_utf8((struct str){ text, len + 1 }) != good)
			fail_msg("U+%04x", (unsigned int)code);
		/* Cut off, or its first byte lost. */
		if (len > 1 && (str_is_utf8((struct str){ text, len - 1 }) ||
		    str_is_utf8((struct str){ text + 1, len })))
			fail_msg("U+%04x in part", (unsigned int)code);
	}
}

/* Every text of up to three bytes is UTF-8 just when encode() makes it. */
static void
test_only_characters_are_utf8(void **state)
{
	static bool made[1 << 24];
	static bool pairs[1 << 16];
	char c[4];

	(void)state;
	for (uint32_t code = 0; code < 0x10000; code++) {
		size_t len = encode(code, c);

		if (len == 2)
			pairs[(unsigned char)c[0] << 8 |
			    (unsigned char)c[1]] = true;
		if (len == 3 && (code < 0xd800 || code > 0xdfff))
			made[(unsigned char)c[0] << 16 |
			    (unsigned char)c[1] << 8 |
			    (unsigned char)c[2]] = true;
	}
	for (uint32_t n = 0; n < 1 << 24; n++) {
		uint32_t a = n >> 16, b = n >> 8 & 0xff, d = n & 0xff;
		bool two = (a < 0x80 && b < 0x80) || pairs[a << 8 | b];
		bool three = made[n] || (two && d < 0x80) ||
		    (a < 0x80 && pairs[b << 8 | d]);
		const char text[] = { (char)a, (char)b, (char)d };

		if (str_is_utf8((struct str){ text, 3 }) != three ||
		    str_is_utf8((struct str){ text, 2 }) != two ||
		    str_is_utf8((struct str){ text, 1 }) != (a < 0x80))
			fail_msg("%06x", (unsigned int)n);
	}
}

static void
test_utf8_in_text(void **state)
{
	static const char *const bad[] = { "\xff", "\xfe", "\xc0\x80",
		"\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xed\xa0\xbd\xed\xb8\x80", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\x80", "a\xbf",
		"\xc3", "\xc3(", "\xe2\x82", "\xe2(\xa1", "\xe2\x82(",
		"\xf0\x9f\x98", "\xf0(\x8c\xbc", "\xf0\x90(\xbc",
		"\xf0\x90\x8c(", "\xc3\xa4\xe4" };

	(void)state;
	assert_true(str_is_utf8(nothing));
	assert_true(str_is_utf8(STR("plain\n\0\x7f")));
	/* The first and last of each length, and some in a row. */
	assert_true(str_is_utf8(STR("\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"
	    "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")));
	assert_true(str_is_utf8(STR("pass w\xc3\xb6rd \xf0\x9f\x98\x80.")));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(str_is_utf8(str_of(bad[i])));
}

static void
test_runes(void **state)
{
	char text[5];

	(void)state;
	for (uint32_t code = 0; code < 0x200000; code++) {
		size_t len = encode(code, text), bare;
		bool good = str_is_utf8((struct str){ text, len });
		struct str rest = { text, len + 1 };
		uint32_t rune = UINT32_MAX;

		text[len] = 'x';
		bare = good ? 1 : len + 1;
		assert_int_equal(str_rune(&rest, &rune), good);
		assert_int_equal(rune, good ? code : UINT32_MAX);
		assert_int_equal(rest.len, bare);
		rest = str_part((struct str){ text, len }, 0, len - 1);
		assert_false(str_rune(&rest, &rune));
	}
}

static void
test_decimals(void **state)
{
	static const struct {
		int64_t n;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { 7, "7" }, { 10, "10" }, { -1, "-1" },
		{ 12345, "12345" }, { INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	char room[STR_DECIMAL_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_true(str_eq(str_decimal(rows[i].n, room),
		    str_of(rows[i].text)));
}

/* As printf writes them, of any length, wherever they stand. */
static void
test_hex(void **state)
{
	uint8_t bytes[UINT8_MAX + 1];
	char out[2 * sizeof(bytes) + 1], line[sizeof(out)];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 37);
		(void)snprintf(line + 2 * i, 3, "%02x", bytes[i]);
	}
	for (size_t from = 0; from < 5; from++)
		for (size_t n = 0; n <= sizeof(bytes) - from; n++) {
			memset(out, '.', sizeof(out));
			str_hex(bytes + from, n, out);
			assert_memory_equal(out, line + 2 * from, 2 * n);
			assert_int_equal(out[2 * n], '.');
		}
}

/* Each bit and the length count, wherever the text stands in its words. */
static void
test_mix(void **state)
{
	static const char zeros[40];
	char text[40] = "", other[41];
	uint64_t hash;

	(void)state;
	for (size_t len = 1; len < sizeof(text); len++) {
		hash = str_mix((struct str){ text, len }, 7);
		assert_int_equal(hash,
		    str_mix((struct str){ zeros, len }, 7));
		assert_int_not_equal(hash,
		    str_mix((struct str){ zeros, len - 1 }, 7));
		assert_int_not_equal(hash,
		    str_mix((struct str){ zeros, len }, 8));
		for (size_t bit = 0; bit < 8 * len; bit++) {
			text[bit / 8] = (char)(1U << bit % 8);
			/* And where it is aligned otherwise. */
			memcpy(other + 1, text, sizeof(text));
			assert_int_not_equal(hash,
			    str_mix((struct str){ text, len }, 7));
			assert_int_equal(
			    str_mix((struct str){ other + 1, len }, 7),
			    str_mix((struct str){ text, len }, 7));
			text[bit / 8] = 0;
		}
	}
	assert_int_equal(str_mix(nothing, 7), str_mix(STR(""), 7));
}

/* Texts that differ little fill a table evenly, by whichever bits. */
static void
test_mix_spreads(void **state)
{
	enum { PLACES = 1024, EACH = 64 };
	static int low[PLACES], high[PLACES];
	char text[24];
	uint64_t hash;

	(void)state;
	for (int i = 0; i < PLACES * EACH; i++) {
		(void)snprintf(text, sizeof(text), "key_%016d", i);
		hash = str_mix(str_of(text), 0);
		low[hash % PLACES]++;
		high[hash / PLACES % PLACES]++;
	}
	/* Eight times the deviation that chance would have. */
	for (size_t i = 0; i < PLACES; i++) {
		assert_in_range(low[i], 1, 2 * EACH);
		assert_in_range(high[i], 1, 2 * EACH);
	}
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
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_mix),
		cmocka_unit_test(test_mix_spreads),
		cmocka_unit_test(test_trims),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_refused_numbers),
		cmocka_unit_test(test_numbers_against_their_limit),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_every_character_is_utf8),
		cmocka_unit_test(test_only_characters_are_utf8),
		cmocka_unit_test(test_utf8_in_text),
		cmocka_unit_test(test_runes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
