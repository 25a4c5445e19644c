/* SPDX-License-Identifier: ISC */
/* json_read_test: objects that strangers sent, taken apart. */
#include "unit.h"

#include "json_read.h"

static void
test_refused(void **state)
{
	static const struct {
		const char *text;
		enum err err;
	} rows[] = {
		{ "", ERR_BODY_MALFORMED }, { "[]", ERR_BODY_MALFORMED },
		{ "null", ERR_BODY_MALFORMED }, { "1", ERR_BODY_MALFORMED },
		{ "\"{}\"", ERR_BODY_MALFORMED },
		{ "{} {}", ERR_BODY_MALFORMED },
		{ "{\"a\":NaN}", ERR_BODY_MALFORMED },
		{ "{\"a\":1,\"a\":2}", ERR_BODY_MEMBER_TWICE },
		{ "{\"a\":\"\\u0000\"}", ERR_BODY_NUL },
		{ "{\"a\":\"\xff\"}", ERR_BODY_NOT_UTF8 },
		{ "{\"a\":[[[[[[[[]]]]]]]]}", ERR_BODY_TOO_DEEP },
	};
	struct json *j = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(json_read_object(str_of(rows[i].text), &j),
		    rows[i].err);
		assert_null(j);
	}
}

static struct json_object *
member(const struct json *j, const char *name)
{
	struct json_object *value = NULL;

	assert_true(json_read_member(json_read_top(j), name, &value));
	return value;
}

static void
test_kinds(void **state)
{
	const struct str text = STR("\r\n{\"null\":null,\"yes\":true,\"no\":"
	    "false,\"int\":-42,\"real\":1.0,\"text\":\"\\u00e9\\n\","
	    "\"list\":[1,\"x\",null],\"object\":{\"a\":{}}}\n\t ");
	struct json *j CLEANUP_JSON = NULL;
	struct json_object *value;
	struct str got;
	int64_t n;
	bool b;

	(void)state;
	assert_int_equal(json_read_object(text, &j), ERR_OK);
	assert_int_equal(json_read_kind(member(j, "null")), JSON_READ_NULL);
	assert_int_equal(json_read_kind(member(j, "int")), JSON_READ_NUMBER);
	assert_int_equal(json_read_kind(member(j, "real")), JSON_READ_NUMBER);
	assert_int_equal(json_read_kind(member(j, "text")), JSON_READ_TEXT);
	assert_int_equal(json_read_kind(member(j, "yes")), JSON_READ_BOOL);
	assert_int_equal(json_read_kind(member(j, "list")), JSON_READ_ARRAY);
	assert_int_equal(json_read_kind(member(j, "object")),
	    JSON_READ_OBJECT);
	assert_true(json_read_bool(member(j, "yes"), &b) && b);
	assert_true(json_read_bool(member(j, "no"), &b) && !b);
	assert_false(json_read_bool(member(j, "int"), &b));
	assert_true(json_read_int(member(j, "int"), &n) && n == -42);
	assert_false(json_read_int(member(j, "real"), &n));
	assert_false(json_read_int(member(j, "yes"), &n));
	assert_false(json_read_int(NULL, &n));
	assert_true(json_read_text(member(j, "text"), &got));
	assert_str(got, "\xc3\xa9\n");
	assert_false(json_read_text(member(j, "list"), &got));
	assert_int_equal(json_read_count(member(j, "list")), 3);
	assert_int_equal(json_read_count(member(j, "object")), 0);
	value = json_read_element(member(j, "list"), 1);
	assert_true(json_read_text(value, &got));
	assert_str(got, "x");
	assert_null(json_read_element(member(j, "list"), 2));
	assert_false(json_read_member(json_read_top(j), "none", &value));
}

static void
test_integers(void **state)
{
	static const struct {
		const char *text;
		bool taken;
		int64_t n;
	} rows[] = {
		{ "{\"n\":0}", true, 0 }, { "{\"n\":-0}", true, 0 },
		{ "{\"n\":9223372036854775806}", true, INT64_MAX - 1 },
		{ "{\"n\":-9223372036854775807}", true, INT64_MIN + 1 },
		{ "{\"n\":9223372036854775807}", false, 0 },
		{ "{\"n\":9223372036854775808}", false, 0 },
		{ "{\"n\":18446744073709551615}", false, 0 },
		{ "{\"n\":18446744073709551616}", false, 0 },
		{ "{\"n\":-9223372036854775808}", false, 0 },
		{ "{\"n\":99999999999999999999999999}", false, 0 },
		{ "{\"n\":-99999999999999999999999999}", false, 0 },
		{ "{\"n\":1e2}", false, 0 }, { "{\"n\":1.0}", false, 0 },
		{ "{\"n\":\"1\"}", false, 0 }, { "{\"n\":true}", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json *j CLEANUP_JSON = NULL;
		int64_t n = 0;

		assert_int_equal(json_read_object(str_of(rows[i].text), &j),
		    ERR_OK);
		assert_int_equal(json_read_int(member(j, "n"), &n),
		    rows[i].taken);
		assert_int_equal(n, rows[i].n);
	}
}

static void
test_names(void **state)
{
	struct json *j CLEANUP_JSON = NULL;

	(void)state;
	assert_int_equal(json_read_object(STR("{\"b\":1,\"\\u0061\":2,"
	    "\"\":3}"), &j), ERR_OK);
	assert_string_equal(json_read_name(json_read_top(j), 0), "b");
	assert_string_equal(json_read_name(json_read_top(j), 1), "a");
	assert_string_equal(json_read_name(json_read_top(j), 2), "");
	assert_null(json_read_name(json_read_top(j), 3));
	assert_null(json_read_name(json_read_top(j), 9));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
