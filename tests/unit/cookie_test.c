/* SPDX-License-Identifier: ISC */
/* cookie_test: one cookie out of a header, or none. */
#include "unit.h"

#include "cookie.h"

static void
test_found(void **state)
{
	static const struct {
		const char *header, *value;
	} rows[] = {
		{ "n=v", "v" }, { "n=", "" }, { "a=b; n=v", "v" },
		{ "n=v; a=b", "v" }, { "a=b;n=v;c=d", "v" },
		{ " \t n=v \t ", "v" }, { "n=v;", "v" }, { ";;n=v;;", "v" },
		{ "N=x; n=v", "v" }, { "nn=x; n=v", "v" }, { "n; n=v", "v" },
		{ "n =x; n=v", "v" }, { "=n; n=v", "v" }, { "n=a=b", "a=b" },
		{ "n=\"v\"", "\"v\"" }, { "n=%41", "%41" }, { "n==", "=" },
		{ "n= v", " v" }, { "a=n=x; n=v", "v" }, { "n=a,b", "a,b" },
		{ "a=\"; n=v", "v" },
	};
	struct str value;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!cookie_find(str_of(rows[i].header), STR("n"), &value))
			fail_msg("nothing in '%s'", rows[i].header);
		assert_true(str_eq(value, str_of(rows[i].value)));
	}
}

static void
test_none(void **state)
{
	static const char *const headers[] = {
		"", ";", "=", "n", "N=v", "nn=v", "a=n", "a=b", "n =v",
		"=n=v", "n=v; n=v", "n=v;n=w", "n=; n=", "a=n=v", "n,=v",
	};
	struct str value = STR("untouched");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (cookie_find(str_of(headers[i]), STR("n"), &value))
			fail_msg("something in '%s'", headers[i]);
	assert_false(cookie_find((struct str){ NULL, 0 }, STR("n"), &value));
	assert_str(value, "untouched");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
