/* SPDX-License-Identifier: ISC */
/* Whether another site's page is behind a request [layer 3]. */
#include "fcgi.h"

#include "origin.h"

static const struct {
	const char *pairs[4];
	bool foreign;
} rows[] = {
	/* Programs say nothing. */
	{ { "HTTP_HOST=a.example" }, false },
	{ { "REQUEST_METHOD=POST" }, false },
	{ { "HTTP_ORIGIN=", "HTTP_HOST=a.example" }, false },
	/* The page of this very site. */
	{ { "HTTP_SEC_FETCH_SITE=same-origin" }, false },
	{ { "HTTP_SEC_FETCH_SITE=none" }, false },
	{ { "HTTP_ORIGIN=https://a.example", "HTTP_HOST=a.example" }, false },
	{ { "HTTP_ORIGIN=https://SITE.example:8443",
	    "HTTP_HOST=site.EXAMPLE:8443" }, false },
	{ { "HTTP_ORIGIN=http://a.example", "HTTP_HOST=a.example" }, false },
	/* Any other. */
	{ { "HTTP_SEC_FETCH_SITE=cross-site" }, true },
	{ { "HTTP_SEC_FETCH_SITE=same-site" }, true },
	{ { "HTTP_SEC_FETCH_SITE=Same-Origin" }, true },
	{ { "HTTP_SEC_FETCH_SITE=same-origin",
	    "HTTP_ORIGIN=https://b.example", "HTTP_HOST=a.example" }, true },
	{ { "HTTP_ORIGIN=https://b.example", "HTTP_HOST=a.example" }, true },
	{ { "HTTP_ORIGIN=https://a.example.b.example",
	    "HTTP_HOST=a.example" }, true },
	{ { "HTTP_ORIGIN=https://a.example:444", "HTTP_HOST=a.example" },
	    true },
	{ { "HTTP_ORIGIN=https://a.example", "HTTP_HOST=a.example:444" },
	    true },
	{ { "HTTP_ORIGIN=https://b.example/https://a.example",
	    "HTTP_HOST=a.example" }, true },
	/* In doubt. */
	{ { "HTTP_ORIGIN=null", "HTTP_HOST=a.example" }, true },
	{ { "HTTP_ORIGIN=a.example", "HTTP_HOST=a.example" }, true },
	{ { "HTTP_ORIGIN=ftp://a.example", "HTTP_HOST=a.example" }, true },
	{ { "HTTP_ORIGIN=https://a.example" }, true },
	{ { "HTTP_ORIGIN=https://", "HTTP_HOST=" }, true },
};

static void
test_rows(void **state)
{
	struct fcgi_test peer;
	struct request request;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fcgi_open(&peer, 1, rows[i].pairs, STR(""));
		request_open(&request, &peer.fcgi);
		assert_int_equal(origin_is_foreign(&request),
		    rows[i].foreign);
		fcgi_close(&peer);
	}
}

static void
test_safe_methods(void **state)
{
	(void)state;
	assert_true(origin_is_safe_method(STR("GET")));
	assert_true(origin_is_safe_method(STR("HEAD")));
	assert_true(origin_is_safe_method(STR("OPTIONS")));
	assert_false(origin_is_safe_method(STR("POST")));
	assert_false(origin_is_safe_method(STR("DELETE")));
	assert_false(origin_is_safe_method(STR("get")));
	assert_false(origin_is_safe_method(STR("GETX")));
	assert_false(origin_is_safe_method(STR("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_safe_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
