/* SPDX-License-Identifier: ISC */
/* label_test: names that people give to things, at every bound. */
#include "unit.h"

#include "label.h"

static void
test_good(void **state)
{
	static const char *const texts[] = {
		"a", " a ", "Key of the shop (2)", "\"\\$<>&'",
		"caf\xc3\xa9", "\xf0\x9f\x94\x91", "\xc2\xa0", "\xe2\x80\xa7",
		"\xe2\x80\xaf", "\xe2\x81\xa5", "\xe2\x81\xaa", "~",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (label_check(str_of(texts[i])) != LABEL_GOOD)
			fail_msg("'%s' is refused", texts[i]);
}

static void
test_faults(void **state)
{
	static const struct {
		struct str text;
		enum label_fault fault;
	} rows[] = {
		{ { NULL, 0 }, LABEL_BLANK }, { { "    ", 4 }, LABEL_BLANK },
		{ { "a\0", 2 }, LABEL_INVISIBLE },
		{ { "\t", 1 }, LABEL_INVISIBLE },
		{ { "a\nb", 3 }, LABEL_INVISIBLE },
		{ { "\x1f", 1 }, LABEL_INVISIBLE },
		{ { "\x7f", 1 }, LABEL_INVISIBLE },
		{ { "\xc2\x80", 2 }, LABEL_INVISIBLE },
		{ { "\xc2\x9f", 2 }, LABEL_INVISIBLE },
		{ { "\xe2\x80\xa8", 3 }, LABEL_INVISIBLE },
		{ { "\xe2\x80\xae", 3 }, LABEL_INVISIBLE },
		{ { "\xe2\x81\xa6", 3 }, LABEL_INVISIBLE },
		{ { "\xe2\x81\xa9", 3 }, LABEL_INVISIBLE },
		{ { "\xff", 1 }, LABEL_NOT_UTF8 },
		{ { "a\xc3", 2 }, LABEL_NOT_UTF8 },
		{ { "\xed\xa0\x80", 3 }, LABEL_NOT_UTF8 },
		{ { "\n\xff", 2 }, LABEL_NOT_UTF8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(label_check(rows[i].text), rows[i].fault);
}

static void
test_remark(void **state)
{
	(void)state;
	assert_true(label_is_remark(STR(""), 0));
	assert_true(label_is_remark(STR("  "), 2));
	assert_true(label_is_remark(STR("\xc3\xa9\xe2\x82\xac"), 2));
	assert_false(label_is_remark(STR("\xc3\xa9\xe2\x82\xac"), 1));
	assert_false(label_is_remark(STR("a\nb"), 9));
	assert_false(label_is_remark(STR("a\0"), 9));
	assert_false(label_is_remark(STR("\xe2\x80\xae"), 9));
	assert_false(label_is_remark(STR("a\xff"), 9));
}

/* 100 characters of one to four bytes each, and one more. */
static void
test_length(void **state)
{
	static const struct str runes[] = {
		{ "a", 1 }, { "\xc3\xa9", 2 }, { "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x94\x91", 4 },
	};
	char room[LABEL_MAX + 4];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(runes); i++) {
		size_t len = runes[i].len;

		for (size_t k = 0; k <= LABEL_CHARACTERS; k++)
			memcpy(room + k * len, runes[i].ptr, len);
		assert_int_equal(label_check((struct str){ room,
		    len * LABEL_CHARACTERS }), LABEL_GOOD);
		assert_int_equal(label_check((struct str){ room,
		    len * (LABEL_CHARACTERS + 1) }), LABEL_TOO_LONG);
	}
}

static void
test_sentences(void **state)
{
	(void)state;
	assert_string_equal(label_sentence(LABEL_GOOD), "");
	for (int i = LABEL_GOOD + 1; i <= LABEL_INVISIBLE; i++) {
		const char *s = label_sentence((enum label_fault)i);

		assert_true(strlen(s) > 10 && s[strlen(s) - 1] == '.');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_remark),
		cmocka_unit_test(test_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
