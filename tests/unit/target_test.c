/* SPDX-License-Identifier: ISC */
/* target_test: where the query begins, and which paths can be read twice. */
#include "unit.h"

#include "target.h"

static void
test_parse(void **state)
{
	static const struct {
		const char *raw, *path, *query;
	} rows[] = {
		{ "/a/b?c=d?e", "/a/b", "c=d?e" },
		{ "/a", "/a", "" },
		{ "/a?", "/a", "" },
		{ "", "", "" },
		{ "*", "*", "" },
		{ "http://h.example/a?b", "/a", "b" },
		{ "http://h.example", "", "" },
		{ "http://h.example?x=/admin", "", "x=/admin" },
		{ "http://h.example/?x=/admin", "/", "x=/admin" },
		{ "/http://h/x", "/http://h/x", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct target t = target_parse(str_of(rows[i].raw));

		assert_true(str_eq(t.path, str_of(rows[i].path)));
		assert_true(str_eq(t.query, str_of(rows[i].query)));
	}
}

static void
test_ambiguous(void **state)
{
	static const char *const texts[] = {
		"", "*", "a", "/.", "/..", "/a/../b", "/a/./b", "/a/..",
		"//", "//a", "/a//b", "/%2e%2e/b", "/%2E/b", "/a%2fb",
		"/a%2Fb", "/a%5cb", "/a\\b", "/a;b", "/a%3bb", "/a%00b",
		"/a%0ab", "/a#b", "/a%23b", "/a%3fb", "/a%25b", "/a%2", "/a%",
		"/a%zz", "/a b", "/a\tb", "/a\x7f", "/a\xc3\xa9", "/a%7f",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!target_ambiguous(str_of(texts[i])))
			fail_msg("'%s' passes", texts[i]);
}

static void
test_plain(void **state)
{
	static const char *const texts[] = {
		"/", "/a", "/a/", "/a/b.c/...d", "/.well-known/x", "/a..b",
		"/%C3%A9", "/a%20b", "/a:b@c,d!$&'()*+=~-_", "/...",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (target_ambiguous(str_of(texts[i])))
			fail_msg("'%s' is refused", texts[i]);
}

static void
test_parameter(void **state)
{
	const struct str name = STR("_method");

	(void)state;
	assert_true(target_has_parameter(STR("_method=DELETE"), name));
	assert_true(target_has_parameter(STR("a=1&_METHOD=x"), name));
	assert_true(target_has_parameter(STR("a;_method"), name));
	assert_true(target_has_parameter(STR("%5Fmethod=x"), name));
	assert_true(target_has_parameter(STR("&&%5f%6Dethod"), name));
	assert_false(target_has_parameter(STR(""), name));
	assert_false(target_has_parameter(STR("a=_method"), name));
	assert_false(target_has_parameter(STR("_methods=1"), name));
	assert_false(target_has_parameter(STR("_metho=d"), name));
	assert_false(target_has_parameter(STR("%5"), name));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_parameter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
