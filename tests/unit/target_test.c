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

static void
test_values(void **state)
{
	static const struct {
		const char *query;
		enum target_answer answer;
		const char *value;
	} rows[] = {
		{ "limit=5", TARGET_FOUND, "5" }, { "limit", TARGET_FOUND, "" },
		{ "limit=", TARGET_FOUND, "" }, { "limit=a=b", TARGET_FOUND,
		    "a=b" },
		{ "a=1&limit=5&b", TARGET_FOUND, "5" },
		{ "a=1;limit=5", TARGET_FOUND, "5" },
		{ "&&limit=5&&", TARGET_FOUND, "5" },
		{ "%6cimit=%35", TARGET_FOUND, "5" },
		{ "limit=a+b%20c%2B", TARGET_FOUND, "a b c+" },
		{ "limit=%C3%a9", TARGET_FOUND, "\xc3\xa9" },
		{ "limit=12345678", TARGET_FOUND, "12345678" },
		{ "limit=%31%32345678", TARGET_FOUND, "12345678" },
		{ "", TARGET_ABSENT, "" }, { "a=limit", TARGET_ABSENT, "" },
		{ "Limit=5", TARGET_ABSENT, "" },
		{ "limits=5", TARGET_ABSENT, "" },
		{ "limi=5", TARGET_ABSENT, "" }, { "=5", TARGET_ABSENT, "" },
		{ "limit+=5", TARGET_ABSENT, "" },
		{ "limit%=5", TARGET_ABSENT, "" },
		{ "limit=5&limit=5", TARGET_TWICE, "" },
		{ "limit=5&%6Cimit", TARGET_TWICE, "" },
		{ "limit=%zz&limit=5", TARGET_TWICE, "" },
		{ "limit=%", TARGET_BAD, "" }, { "limit=%3", TARGET_BAD, "" },
		{ "limit=%3g", TARGET_BAD, "" },
		{ "limit=%00", TARGET_BAD, "" },
		{ "limit=%ff", TARGET_BAD, "" },
		{ "limit=\xff", TARGET_BAD, "" },
		{ "limit=%C3", TARGET_BAD, "" },
		{ "limit=%ed%a0%80", TARGET_BAD, "" },
		{ "limit=123456789", TARGET_BAD, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char room[8];
		struct str value = STR("");

		if (target_parameter(str_of(rows[i].query), STR("limit"), room,
		    sizeof(room), &value) != rows[i].answer)
			fail_msg("'%s' is answered otherwise", rows[i].query);
		assert_true(str_eq(value, str_of(rows[i].value)));
	}
}

static void
test_known(void **state)
{
	static const char *const names[] = { "limit", "cursor", NULL };
	static const char *const good[] = {
		"", "&;&", "limit", "limit=5&cursor=x", "cursor&limit=1",
		"%6cimit=1", "limit=1&limit=2",
	};
	static const char *const bad[] = {
		"limt=5", "limit=5&x", "Limit=5", "=5", "=", "limit%=5",
		"limit%00=5", "\xff=1", "a", "limit=1;force",
	};
	char longer[TARGET_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(target_parameters_known(str_of(good[i]), names));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(target_parameters_known(str_of(bad[i]), names));
	memset(longer, 'a', sizeof(longer));
	assert_false(target_parameters_known((struct str){ longer,
	    sizeof(longer) }, names));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_parameter),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
