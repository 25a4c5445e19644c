/* SPDX-License-Identifier: ISC */
/* Form-urlencoded bodies [layer 2]: each known parameter once, or refused. */
#include "unit.h"

#include "urlform.h"

enum { A, B, C, COUNT };

static struct urlform_param params[COUNT];
static char room[URLFORM_MAX + 1];
static size_t fault;

static enum urlform_answer
read_text(struct str body)
{
	static const char *const names[COUNT] = { "a", "b c", "scope" };

	for (size_t i = 0; i < COUNT; i++)
		params[i] = (struct urlform_param){ .name = names[i] };
	return urlform_read(body, params, COUNT, room, &fault);
}

static void
is(size_t i, const char *value)
{
	assert_true(str_eq(params[i].value, str_of(value)));
}

static void
test_values(void **state)
{
	(void)state;
	assert_int_equal(read_text(STR("a=1&b+c=x%20y&scope=%C3%A9")),
	    URLFORM_READ);
	is(A, "1");
	is(B, "x y");
	is(C, "\xc3\xa9");
	/* Names are encoded, too; only the first = cuts. */
	assert_int_equal(read_text(STR("%61=1=2&b%20c==")), URLFORM_READ);
	is(A, "1=2");
	is(B, "=");
	is(C, "");
	assert_false(params[C].seen);
}

static void
test_what_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(read_text(STR("")), URLFORM_READ);
	assert_false(params[A].seen);
	/* Without a value, as good as absent. */
	assert_int_equal(read_text(STR("a&scope=")), URLFORM_READ);
	is(A, "");
	is(C, "");
	assert_true(params[A].seen && params[C].seen);
	/* Nothing between two &. */
	assert_int_equal(read_text(STR("&&a=1&")), URLFORM_READ);
	is(A, "1");
}

static void
test_unknown_is_ignored(void **state)
{
	(void)state;
	assert_int_equal(read_text(STR("x=1&x=2&A=3&scopes=4&=5&a=6")),
	    URLFORM_READ);
	is(A, "6");
	is(C, "");
	/* A semicolon is no separator. */
	assert_int_equal(read_text(STR("x=1;a=2")), URLFORM_READ);
	is(A, "");
}

static void
test_twice(void **state)
{
	static const struct str bodies[] = {
		{ "scope=1&scope=1", 15 }, { "scope=&scope=1", 14 },
		{ "scope&scope", 11 }, { "scope=1&a=1&%73cope=2", 21 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		assert_int_equal(read_text(bodies[i]), URLFORM_TWICE);
		assert_int_equal(fault, C);
	}
}

static void
test_bad(void **state)
{
	(void)state;
	assert_int_equal(read_text(STR("a=1&scope=%zz")), URLFORM_BAD);
	assert_int_equal(fault, C);
	assert_int_equal(read_text(STR("a=%00")), URLFORM_BAD);
	assert_int_equal(fault, A);
	/* Also where it would be ignored: nobody knows what it is. */
	assert_int_equal(read_text(STR("a=1&x=%")), URLFORM_BAD);
	assert_int_equal(fault, COUNT);
	assert_int_equal(read_text(STR("a=1&%C0%AF=1")), URLFORM_BAD);
	assert_int_equal(fault, COUNT);
	assert_int_equal(read_text(STR("a=1&\0=1")), URLFORM_BAD);
}

static void
test_too_much(void **state)
{
	static char body[URLFORM_MAX + 1];

	(void)state;
	memset(body, 'x', sizeof(body));
	assert_int_equal(read_text((struct str){ body, URLFORM_MAX }),
	    URLFORM_READ);
	assert_int_equal(read_text((struct str){ body, URLFORM_MAX + 1 }),
	    URLFORM_BAD);
	for (size_t i = 1; i < 2 * URLFORM_PARAMS; i += 2)
		body[i] = '&';
	assert_int_equal(read_text((struct str){ body, 2 * URLFORM_PARAMS }),
	    URLFORM_READ);
	body[2 * URLFORM_PARAMS + 1] = '&';
	assert_int_equal(read_text((struct str){ body,
	    2 * URLFORM_PARAMS + 2 }), URLFORM_BAD);
	assert_int_equal(fault, COUNT);
}

static void
test_types(void **state)
{
	static const struct {
		const char *type;
		bool good;
	} rows[] = {
		{ "application/x-www-form-urlencoded", true },
		{ "Application/X-WWW-Form-URLEncoded", true },
		{ " application/x-www-form-urlencoded ", true },
		{ "application/x-www-form-urlencoded;charset=UTF-8", true },
		{ "application/x-www-form-urlencoded; charset=\"utf-8\"",
		    true },
		{ "application/x-www-form-urlencoded ; Charset=utf-8 ;",
		    true },
		{ "application/x-www-form-urlencoded; charset=iso-8859-1",
		    false },
		{ "application/x-www-form-urlencoded; charset=utf-8; "
		    "charset=utf-16", false },
		{ "application/x-www-form-urlencoded; boundary=x", false },
		{ "application/x-www-form-urlencoded; charset", false },
		{ "application/x-www-form-urlencoded, text/plain", false },
		{ "application/json", false },
		{ "multipart/form-data", false },
		{ "application/x-www-form-urlencodedx", false },
		{ "text/plain", false },
		{ "", false },
		{ ";", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(urlform_is_type(str_of(rows[i].type)),
		    rows[i].good);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_what_is_not_there),
		cmocka_unit_test(test_unknown_is_ignored),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
