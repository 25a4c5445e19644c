/* SPDX-License-Identifier: ISC */
/* The table of routes [layer 3]. */
#include "fcgi.h"

#include "route.h"

static enum err
handle(struct ctx *ctx)
{
	(void)ctx;
	return ERR_OK;
}

static const struct route routes[] = {
	{ "*", ROUTE_CHECK, ROUTE_NEEDS_NOTHING, handle },
	{ "GET", "/a", ROUTE_NEEDS_KEY, handle },
	{ "POST", "/a", ROUTE_NEEDS_ADMIN, handle },
	{ "DELETE", "/b", ROUTE_NEEDS_ADMIN, handle },
	{ "GET", "/c/fixed", ROUTE_NEEDS_KEY, handle },
	{ "GET", "/c/{id}", ROUTE_NEEDS_KEY, handle },
	{ "PATCH", "/c/{id}", ROUTE_NEEDS_KEY, handle },
	{ "DELETE", "/c/{id}/d/{n}", ROUTE_NEEDS_KEY, handle },
};

/* What is found, by its place in the table, or an error and what is allowed. */
struct row {
	int role;
	const char *pairs[5];
	enum err err;
	int route;
	const char *allow;
};

/* What the open parts of the path become. */
static const struct {
	const char *path;
	int route;
	const char *params[ROUTE_PARAMS_MAX];
} parts[] = {
	{ "DOCUMENT_URI=/c/fixed", 4, { "", "" } },
	{ "DOCUMENT_URI=/c/x", 5, { "x", "" } },
	{ "DOCUMENT_URI=/c/x/d/2", 7, { "x", "2" } },
	{ "DOCUMENT_URI=/c/{id}/d/{n}", 7, { "{id}", "{n}" } },
};

static const struct row rows[] = {
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/a" }, ERR_OK, 1, "" },
	{ 1, { "REQUEST_METHOD=HEAD", "DOCUMENT_URI=/a" }, ERR_OK, 1, "" },
	{ 1, { "REQUEST_METHOD=POST", "DOCUMENT_URI=/a" }, ERR_OK, 2, "" },
	{ 1, { "REQUEST_METHOD=DELETE", "SCRIPT_NAME=/b" }, ERR_OK, 3, "" },
	{ 1, { "REQUEST_METHOD=PUT", "DOCUMENT_URI=/a" },
	    ERR_METHOD_NOT_ALLOWED, -1, "GET, HEAD, POST" },
	{ 1, { "REQUEST_METHOD=get", "DOCUMENT_URI=/a" },
	    ERR_METHOD_NOT_ALLOWED, -1, "GET, HEAD, POST" },
	{ 1, { "DOCUMENT_URI=/a" },
	    ERR_METHOD_NOT_ALLOWED, -1, "GET, HEAD, POST" },
	{ 1, { "REQUEST_METHOD=HEAD", "DOCUMENT_URI=/b" },
	    ERR_METHOD_NOT_ALLOWED, -1, "DELETE" },
	{ 1, { "REQUEST_METHOD=*", "DOCUMENT_URI=/b" },
	    ERR_METHOD_NOT_ALLOWED, -1, "DELETE" },
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/A" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/a/" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=GET" }, ERR_NOT_FOUND, -1, "" },
	/* Open parts. */
	{ 1, { "REQUEST_METHOD=PUT", "DOCUMENT_URI=/c/x" },
	    ERR_METHOD_NOT_ALLOWED, -1, "GET, HEAD, PATCH" },
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/c/" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/c" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/c/x/" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/c/x/y" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/c//d/2" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=DELETE", "DOCUMENT_URI=/c//d/2" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=DELETE", "DOCUMENT_URI=/c/x/d/2/" },
	    ERR_NOT_FOUND, -1, "" },
	/* A check, whatever method and path. */
	{ 1, { "HASP_ACTION=check", "REQUEST_METHOD=FOO",
	    "DOCUMENT_URI=/a" }, ERR_OK, 0, "" },
	{ 1, { "HASP_ACTION=check" }, ERR_OK, 0, "" },
	{ 2, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/a" }, ERR_OK, 0, "" },
	{ 2, { "HASP_ACTION=else" }, ERR_OK, 0, "" },
	/* In doubt nothing. */
	{ 1, { "HASP_ACTION=Check", "REQUEST_METHOD=GET",
	    "DOCUMENT_URI=/a" }, ERR_SITE_MISCONFIGURED, -1, "" },
	{ 1, { "HASP_ACTION=check ", "REQUEST_METHOD=GET",
	    "DOCUMENT_URI=/a" }, ERR_SITE_MISCONFIGURED, -1, "" },
	{ 1, { "HASP_ACTION=", "REQUEST_METHOD=GET", "DOCUMENT_URI=/a" },
	    ERR_OK, 1, "" },
	/* The client's word. */
	{ 1, { "HTTP_HASP_ACTION=check", "REQUEST_METHOD=GET",
	    "DOCUMENT_URI=/x" }, ERR_NOT_FOUND, -1, "" },
	/* Nobody comes to a check by its pseudo path. */
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=/(check)" },
	    ERR_NOT_FOUND, -1, "" },
	{ 1, { "REQUEST_METHOD=GET", "DOCUMENT_URI=(check)" },
	    ERR_NOT_FOUND, -1, "" },
};

static void
test_rows(void **state)
{
	struct arena *arena = arena_new(4096);
	struct route_match match;
	struct fcgi_test peer;
	struct request request;

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];

		fcgi_open(&peer, row->role, row->pairs, STR(""));
		request_open(&request, &peer.fcgi);
		assert_int_equal(route_find(routes, ARRAY_LEN(routes),
		    &request, arena, &match), row->err);
		assert_ptr_equal(match.route,
		    row->route < 0 ? NULL : &routes[row->route]);
		assert_true(str_eq(match.allow, str_of(row->allow)));
		fcgi_close(&peer);
		arena_reset(arena);
	}
	arena_free(arena);
}

static void
test_open_parts(void **state)
{
	struct arena *arena = arena_new(4096);
	struct route_match match;
	struct fcgi_test peer;
	struct request request;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *const pairs[] = { parts[i].route == 7 ?
		    "REQUEST_METHOD=DELETE" : "REQUEST_METHOD=GET",
		    parts[i].path, NULL };

		fcgi_open(&peer, 1, pairs, STR(""));
		request_open(&request, &peer.fcgi);
		assert_int_equal(route_find(routes, ARRAY_LEN(routes),
		    &request, arena, &match), ERR_OK);
		assert_ptr_equal(match.route, &routes[parts[i].route]);
		for (size_t n = 0; n < ROUTE_PARAMS_MAX; n++)
			assert_true(str_eq(match.params[n],
			    str_of(parts[i].params[n])));
		fcgi_close(&peer);
		arena_reset(arena);
	}
	arena_free(arena);
}

static void
test_no_memory(void **state)
{
	static const char *const pairs[] = {
		"REQUEST_METHOD=PUT", "DOCUMENT_URI=/a", NULL,
	};
	struct arena *arena = arena_new(1024);
	struct route_match match;
	struct fcgi_test peer;
	struct request request;

	(void)state;
	assert_non_null(arena);
	assert_non_null(arena_alloc(arena, 900));
	fcgi_open(&peer, 1, pairs, STR(""));
	request_open(&request, &peer.fcgi);
	assert_int_equal(route_find(routes, ARRAY_LEN(routes), &request,
	    arena, &match), ERR_MEMORY);
	assert_null(match.route);
	fcgi_close(&peer);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_open_parts),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
