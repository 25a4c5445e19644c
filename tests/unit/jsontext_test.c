/* SPDX-License-Identifier: ISC */
/* jsontext_test: which texts are JSON that everybody reads alike. */
#include "unit.h"

#include <stdio.h>

#include "jsontext.h"

static char room[JSONTEXT_MAX + 16];
static size_t used;

static void
put(const char *text)
{
	size_t len = strlen(text);

	assert_true(used + len <= sizeof(room));
	memcpy(room + used, text, len);
	used += len;
}

static struct str
built(void)
{
	return (struct str){ room, used };
}

static void
test_taken(void **state)
{
	static const char *const texts[] = {
		"{}", "[]", "0", "-0", "true", "false", "null", "\"\"",
		" \t\r\n{ \"a\" : [ 1 , 2.5e+3 , -1E-2 , 0.0 ] } ",
		"{\"a\":{\"a\":{}},\"b\":[{\"a\":1},{\"a\":2}]}",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\udd11\"",
		"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91\x7f\"",
		"123456789012345678901234567890", "1e999999",
		"[[[[[[[[]]]]]]]]", "{\"a\":1,\"A\":2,\"\":3}",
		"{\"\\ud83d\\udd11\":1,\"\\ud83d\\udd12\":2}",
	};
	size_t at;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (jsontext_check(str_of(texts[i]), &at) != ERR_OK)
			fail_msg("'%s' is refused at %zu", texts[i], at);
}

struct row {
	struct str text;
	enum err err;
	size_t at;
};

static void
check_row(const struct row *row)
{
	size_t at = 999;
	enum err err;
	char *exact = malloc(row->text.len + 1);

	/* A block of just that size: overruns are seen. */
	assert_non_null(exact);
	memcpy(exact, row->text.ptr, row->text.len);
	exact = realloc(exact, row->text.len > 0 ? row->text.len : 1);
	assert_non_null(exact);
	err = jsontext_check((struct str){ exact, row->text.len }, &at);
	free(exact);
	if (err != row->err || at != row->at)
		fail_msg("'%.*s': %s at %zu", (int)row->text.len,
		    row->text.ptr, err_code(err), at);
}

#define R(literal, name, offset) { { "" literal, sizeof(literal) - 1 }, \
	ERR_BODY_##name, (offset) }

static void
test_malformed(void **state)
{
	static const struct row rows[] = {
		R("", MALFORMED, 0), R("  ", MALFORMED, 2),
		R("{", MALFORMED, 1), R("[", MALFORMED, 1),
		R("{]", MALFORMED, 1), R("[}", MALFORMED, 1),
		R("[1,]", MALFORMED, 3), R("[,1]", MALFORMED, 1),
		R("[1 2]", MALFORMED, 3), R("{\"a\":1,}", MALFORMED, 7),
		R("{\"a\"}", MALFORMED, 4), R("{\"a\" 1}", MALFORMED, 5),
		R("{a:1}", MALFORMED, 1), R("{1:1}", MALFORMED, 1),
		R("{'a':1}", MALFORMED, 1), R("'a'", MALFORMED, 0),
		R("{\"a\":}", MALFORMED, 5), R("{}{}", MALFORMED, 2),
		R("{} x", MALFORMED, 3), R("/**/{}", MALFORMED, 0),
		R("{}//", MALFORMED, 2), R("NaN", MALFORMED, 0),
		R("Infinity", MALFORMED, 0), R("-Infinity", MALFORMED, 1),
		R("TRUE", MALFORMED, 0), R("nul", MALFORMED, 0),
		R("truefalse", MALFORMED, 4), R("01", MALFORMED, 1),
		R("+1", MALFORMED, 0), R("-", MALFORMED, 1),
		R(".5", MALFORMED, 0), R("1.", MALFORMED, 2),
		R("1.e5", MALFORMED, 2), R("1e", MALFORMED, 2),
		R("1e+", MALFORMED, 3), R("0x10", MALFORMED, 1),
		R("\"", MALFORMED, 0), R("\"\\", MALFORMED, 0),
		R("\"\\\"", MALFORMED, 0), R("[\"\\x\"]", MALFORMED, 1),
		R("\"\\u12\"", MALFORMED, 0), R("\"\\u12g4\"", MALFORMED, 0),
		R("\"\\u 123\"", MALFORMED, 0), R("\"\n\"", MALFORMED, 0),
		R("\"\x1f\"", MALFORMED, 0), R("\xef\xbb\xbf{}", MALFORMED, 0),
		R("\x0b{}", MALFORMED, 0), R("\xc2\xa0{}", MALFORMED, 0),
		R("\"\\ud83d\\u12\"", MALFORMED, 0),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&rows[i]);
}

static void
test_texts_with_a_name_of_their_own(void **state)
{
	static const struct row rows[] = {
		R("\"\xff\"", NOT_UTF8, 0), R("[\"\xc0\xaf\"]", NOT_UTF8, 1),
		R("\"\xed\xa0\x80\"", NOT_UTF8, 0),
		R("\"\xc3\"", NOT_UTF8, 0),
		R("\"\\ud800\"", NOT_UTF8, 0), R("\"\\udc00\"", NOT_UTF8, 0),
		R("\"\\ud800x\"", NOT_UTF8, 0),
		R("\"\\ud800\\ud800\"", NOT_UTF8, 0),
		R("{\"\\ud800\\n\":1}", NOT_UTF8, 1),
		R("\"\\u0000\"", NUL, 0), R("[\"a\",\"a\0b\"]", NUL, 5),
		R("{}\0", NUL, 2), R("\0", NUL, 0), R("{\0}", NUL, 1),
		R("1\0", NUL, 1), R("{\0\"\0a", NUL, 1),
		R("{\"a\":1,\"a\":1}", MEMBER_TWICE, 7),
		R("{\"a\":1,\"\\u0061\":1}", MEMBER_TWICE, 7),
		R("[{\"/\":1,\"b\":{\"a\":1}, \"\\/\":1}]", MEMBER_TWICE, 21),
		R("{\"\xf0\x9f\x94\x91\":1,\"\\ud83d\\uDD11\":1}",
		    MEMBER_TWICE, 10),
		R("{\"\":1,\"\":1}", MEMBER_TWICE, 6),
		R("[[[[[[[[[]]]]]]]]]", TOO_DEEP, 8),
		R("[[[[[[[{\"a\":{}}]]]]]]]", TOO_DEEP, 12),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&rows[i]);
}

static enum err
members(int count)
{
	char name[16];
	size_t at;

	used = 0;
	put("{");
	for (int i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "%s\"%d\":0",
		    i > 0 ? "," : "", i);
		put(name);
	}
	put("}");
	return jsontext_check(built(), &at);
}

static void
test_members(void **state)
{
	(void)state;
	assert_int_equal(members(JSONTEXT_MEMBERS), ERR_OK);
	assert_int_equal(members(JSONTEXT_MEMBERS + 1), ERR_BODY_MALFORMED);
}

static void
test_size(void **state)
{
	size_t at = 0;

	(void)state;
	memset(room, ' ', sizeof(room));
	room[0] = '1';
	assert_int_equal(jsontext_check((struct str){ room, JSONTEXT_MAX },
	    &at), ERR_OK);
	assert_int_equal(jsontext_check((struct str){ room, JSONTEXT_MAX + 1 },
	    &at), ERR_BODY_TOO_LARGE);
	assert_int_equal(at, JSONTEXT_MAX);
}

/* What is cut off anywhere is no JSON, if its end is not blank. */
static void
test_every_prefix(void **state)
{
	static const char text[] = "{\"a\":[true,-1.5e7,\"\\u00e9\\n\xc3\xa9\","
	    "{\"b\":null}],\"c\":{\"a\":\"\\ud83d\\udd11\"}}";
	size_t at;

	(void)state;
	assert_int_equal(jsontext_check((struct str){ text,
	    sizeof(text) - 1 }, &at), ERR_OK);
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		enum err err = jsontext_check((struct str){ text, len }, &at);

		assert_int_equal(err, ERR_BODY_MALFORMED);
		assert_in_range(at, 0, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_texts_with_a_name_of_their_own),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_every_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
