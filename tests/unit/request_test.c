/* SPDX-License-Identifier: ISC */
/* Requests as libfcgi reads them [layer 3]. */
#include <stdio.h>

#include "fcgi.h"

#include "request.h"

static struct fcgi_test peer;
static struct request request;

static void
open_request(int role, const char *const *pairs, struct str body)
{
	fcgi_open(&peer, role, pairs, body);
	request_open(&request, &peer.fcgi);
}

static void
test_plain(void **state)
{
	static const char *const pairs[] = {
		"REQUEST_METHOD=GET", "REQUEST_URI=/a?b", "DOCUMENT_URI=/a",
		"REQUEST_ID=0aZ_-9", "EMPTY=", NULL,
	};
	struct str value;

	(void)state;
	open_request(FCGI_TEST_RESPONDER, pairs, STR(""));
	assert_int_equal(request.role, REQUEST_RESPONDER);
	assert_str(request.method, "GET");
	assert_str(request.uri, "/a?b");
	assert_str(request.path, "/a");
	assert_str(request.id, "0aZ_-9");
	assert_true(request_find(&request, "EMPTY", &value));
	assert_str(value, "");
	assert_false(request_find(&request, "ABSENT", &value));
	assert_str(value, "");
	/* A name is exact: neither a beginning nor another case of it. */
	assert_false(request_find(&request, "REQUEST", &value));
	assert_false(request_find(&request, "request_uri", &value));
	assert_str(request_param(&request, "FCGI_ROLE"), "RESPONDER");
	fcgi_close(&peer);
}

static void
test_the_servers_original_counts(void **state)
{
	static const char *const pairs[] = {
		"REQUEST_METHOD=GET", "ORIGINAL_METHOD=DELETE",
		"REQUEST_URI=/auth", "ORIGINAL_URI=/x", "SCRIPT_NAME=/s",
		"HTTP_X_ORIGINAL_METHOD=GET", NULL,
	};

	(void)state;
	open_request(FCGI_TEST_AUTHORIZER, pairs, STR(""));
	assert_int_equal(request.role, REQUEST_AUTHORIZER);
	assert_str(request.method, "DELETE");
	assert_str(request.uri, "/x");
	assert_str(request.path, "/s");
	fcgi_close(&peer);
}

/* A variable that is empty must not bring a weaker method to count. */
static void
test_an_empty_original_counts(void **state)
{
	static const char *const pairs[] = {
		"ORIGINAL_METHOD=", "REQUEST_METHOD=GET", NULL,
	};

	(void)state;
	open_request(FCGI_TEST_RESPONDER, pairs, STR(""));
	assert_str(request.method, "");
	fcgi_close(&peer);
}

static void
test_the_first_of_two_counts(void **state)
{
	static const char *const pairs[] = {
		"REQUEST_METHOD=POST", "REQUEST_METHOD=GET", NULL,
	};

	(void)state;
	open_request(FCGI_TEST_RESPONDER, pairs, STR(""));
	assert_str(request.method, "POST");
	fcgi_close(&peer);
}

/* More than have places of their own: the others are found as well. */
static void
test_many(void **state)
{
	static char texts[300][16];
	static const char *pairs[ARRAY_LEN(texts) + 3];
	char name[16];
	struct str value;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "P%zu=%zu", i, i);
		pairs[n++] = texts[i];
	}
	pairs[n++] = "P7=a second one";
	pairs[n++] = "P299=a second one";
	open_request(FCGI_TEST_RESPONDER, pairs, STR(""));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		(void)snprintf(name, sizeof(name), "P%zu", i);
		assert_true(request_find(&request, name, &value));
		assert_true(str_eq(value,
		    str_of(strchr(texts[i], '=') + 1)));
	}
	assert_false(request_find(&request, "P300", &value));
	assert_false(request_find(&request, "P", &value));
	fcgi_close(&peer);
}

static void
test_ids(void **state)
{
	static const struct {
		const char *pair, *id;
	} rows[] = {
		{ "REQUEST_ID=a", "a" },
		{ "REQUEST_ID=", "" },
		{ "REQUEST_ID=a b", "" },
		{ "REQUEST_ID=a\r\nb", "" },
		{ "REQUEST_ID=\xc3\xa4", "" },
		{ "REQUEST_ID=a\"", "" },
		/* 64 and 65 characters. */
		{ "REQUEST_ID=0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef",
		    "0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef" },
		{ "REQUEST_ID=0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef0", "" },
		{ "HTTP_REQUEST_ID=a", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *const pairs[] = { rows[i].pair, NULL };

		open_request(FCGI_TEST_RESPONDER, pairs, STR(""));
		assert_true(str_eq(request.id, str_of(rows[i].id)));
		fcgi_close(&peer);
	}
}

/* Bodies around the size of the chunks that are read. */
static void
test_bodies(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 8192, 9000 };
	static char body[9000];
	struct arena *arena = arena_new(65536);
	struct str got;

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (char)(i * 7);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct str want = { body, sizes[i] };

		open_request(FCGI_TEST_RESPONDER, NULL, want);
		assert_int_equal(request_body(&request, arena, &got), ERR_OK);
		assert_true(str_eq(got, want));
		fcgi_close(&peer);
		arena_reset(arena);
	}
	arena_free(arena);
}

static void
test_body_over_memory(void **state)
{
	static char body[9000];
	struct arena *arena = arena_new(4096);
	struct str got;

	(void)state;
	assert_non_null(arena);
	open_request(FCGI_TEST_RESPONDER, NULL,
	    (struct str){ body, sizeof(body) });
	assert_int_equal(request_body(&request, arena, &got), ERR_MEMORY);
	fcgi_close(&peer);
	arena_free(arena);
}

static void
test_drain(void **state)
{
	static char body[20000];
	char rest;

	(void)state;
	open_request(FCGI_TEST_RESPONDER, NULL,
	    (struct str){ body, sizeof(body) });
	request_drain(&request);
	assert_int_equal(recv(peer.ours, &rest, 1, MSG_DONTWAIT), -1);
	fcgi_close(&peer);
	/* An AUTHORIZER's body never comes: this must return at once. */
	open_request(FCGI_TEST_AUTHORIZER, NULL, STR(""));
	request_drain(&request);
	fcgi_close(&peer);
}

static void
test_wipe(void **state)
{
	static const char *const pairs[] = {
		"HTTP_AUTHORIZATION=Bearer something", "HTTP_X=y",
		"EMPTY=", NULL,
	};
	struct str value;

	(void)state;
	open_request(FCGI_TEST_RESPONDER, pairs, STR(""));
	value = request_param(&request, "HTTP_AUTHORIZATION");
	assert_int_equal(value.len, 16);
	request_wipe(&request);
	for (size_t i = 0; i < value.len; i++)
		assert_int_equal(value.ptr[i], 0);
	assert_str(request_param(&request, "HTTP_X"), "");
	fcgi_close(&peer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_the_servers_original_counts),
		cmocka_unit_test(test_an_empty_original_counts),
		cmocka_unit_test(test_the_first_of_two_counts),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_body_over_memory),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
