/* SPDX-License-Identifier: ISC */
/* Answers: Status first, all or a fixed 503 [layer 3]. */
#include "fcgi.h"

#include "response.h"

static struct fcgi_test peer;
static struct request request;
static struct response response;
static struct arena *arena;

static void
begin(int role)
{
	static const char *const pairs[] = { "REQUEST_METHOD=GET", NULL };

	fcgi_open(&peer, role, pairs, STR(""));
	request_open(&request, &peer.fcgi);
	arena = arena_new(16384);
	assert_non_null(arena);
	response_init(&response, arena);
}

static struct str
finish(void)
{
	struct str answer;

	assert_true(response_send(&response, &request));
	request_drain(&request);
	answer = fcgi_answer(&peer);
	fcgi_close(&peer);
	arena_free(arena);
	return answer;
}

static void
assert_fallback(void)
{
	struct str answer = finish();

	assert_int_equal(response.status, 503);
	assert_true(str_starts(answer,
	    STR("Status: 503 Service Unavailable\r\nContent-Type: ")));
	assert_false(str_has(answer, STR("X-")));
}

static void
test_whole(void **state)
{
	(void)state;
	begin(FCGI_TEST_RESPONDER);
	response_header(&response, "X-One", STR("a b"));
	response_body(&response, "text/plain", STR("hello"));
	response_header(&response, "X-Two", STR(""));
	response_status(&response, 404);
	assert_str(finish(), "Status: 404 Not Found\r\nX-One: a b\r\n"
	    "Content-Type: text/plain\r\nX-Two: \r\nContent-Length: 5\r\n"
	    "\r\nhello");
}

static void
test_json(void **state)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *long_list CLEANUP_JSON = json_array_open();

	(void)state;
	assert_non_null(j);
	assert_non_null(long_list);
	json_set_int(j, "n", 1);
	for (int i = 0; i < 5000; i++)
		json_append_str(long_list, STR("four"));
	begin(FCGI_TEST_RESPONDER);
	assert_int_equal(response_json(&response, 201, long_list), ERR_MEMORY);
	assert_int_equal(response.status, 0);
	assert_int_equal(response_json(&response, 201, j), ERR_OK);
	assert_str(finish(), "Status: 201 Created\r\nCache-Control: no-store"
	    "\r\nContent-Type: application/json\r\nContent-Length: 7\r\n"
	    "\r\n{\"n\":1}");
}

static void
test_bodiless(void **state)
{
	(void)state;
	begin(FCGI_TEST_RESPONDER);
	response_status(&response, 204);
	response_header(&response, "X-One", STR("1"));
	assert_str(finish(), "Status: 204 No Content\r\nX-One: 1\r\n\r\n");
	begin(FCGI_TEST_RESPONDER);
	response_status(&response, 401);
	assert_str(finish(),
	    "Status: 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
}

static void
test_head(void **state)
{
	(void)state;
	begin(FCGI_TEST_RESPONDER);
	response.head = true;
	response_status(&response, 200);
	response_body(&response, "text/plain", STR("hello"));
	assert_str(finish(), "Status: 200 OK\r\nContent-Type: text/plain\r\n"
	    "Content-Length: 5\r\n\r\n");
}

/* Apache hands every other header of a 200 on to the client. */
static void
test_authorizer(void **state)
{
	(void)state;
	begin(FCGI_TEST_AUTHORIZER);
	response_status(&response, 200);
	response_header(&response, "Variable-HASP_ACCOUNT", STR("7"));
	response_header(&response, "Cache-Control", STR("no-store"));
	response_header(&response, "variable-HASP_ROLE", STR("read"));
	response_header(&response, "X-Variable-A", STR("b"));
	response_body(&response, "text/plain", STR("hello"));
	assert_str(finish(), "Status: 200 OK\r\nVariable-HASP_ACCOUNT: 7\r\n"
	    "variable-HASP_ROLE: read\r\n\r\n");
	/* A refusal goes out whole. */
	begin(FCGI_TEST_AUTHORIZER);
	response_status(&response, 403);
	response_header(&response, "Retry-After", STR("7"));
	response_body(&response, "text/plain", STR("no"));
	assert_str(finish(), "Status: 403 Forbidden\r\nRetry-After: 7\r\n"
	    "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nno");
}

static void
test_status_that_is_none(void **state)
{
	static const int bad[] = { 0, -1, 100, 199, 600, 1000 };

	(void)state;
	begin(FCGI_TEST_RESPONDER);
	assert_fallback();
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		begin(FCGI_TEST_RESPONDER);
		response_status(&response, bad[i]);
		assert_fallback();
	}
}

static void
test_headers_that_are_none(void **state)
{
	static const struct {
		const char *name;
		struct str value;
	} rows[] = {
		{ "X-A", STR("a\r\nStatus: 200") },
		{ "X-A", STR("a\nb") },
		{ "X-A", STR("a\0b") },
		{ "X-A", STR("a\tb") },
		{ "X-A", STR("\x7f") },
		{ "", STR("a") },
		{ "X A", STR("a") },
		{ "X:A", STR("a") },
		{ "X-A\r\n", STR("a") },
		{ "Status", STR("200 OK") },
		{ "status", STR("200 OK") },
		{ "Content-Length", STR("5") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin(FCGI_TEST_RESPONDER);
		response_status(&response, 204);
		response_header(&response, rows[i].name, rows[i].value);
		assert_fallback();
	}
}

static void
test_no_memory(void **state)
{
	static char big[20000];

	(void)state;
	memset(big, 'a', sizeof(big));
	/* Too much for the arena at once, and only when put together. */
	for (size_t size = 6000; size < 20000; size += 13000) {
		begin(FCGI_TEST_RESPONDER);
		response_status(&response, 204);
		response_header(&response, "X-A", (struct str){ big, size });
		assert_fallback();
	}
	begin(FCGI_TEST_RESPONDER);
	response_status(&response, 200);
	response_body(&response, "text/plain", (struct str){ big, 20000 });
	assert_fallback();
}

static void
test_fallback_to_head(void **state)
{
	struct str answer;

	(void)state;
	begin(FCGI_TEST_RESPONDER);
	response.head = true;
	answer = finish();
	assert_true(str_starts(answer, STR("Status: 503 ")));
	assert_str(str_part(answer, answer.len - 4, 4), "\r\n\r\n");
}

static void
test_once(void **state)
{
	(void)state;
	begin(FCGI_TEST_RESPONDER);
	response_status(&response, 403);
	assert_true(response_send(&response, &request));
	response_status(&response, 200);
	assert_false(response_send(&response, &request));
	response.sent = false;
	fcgi_close(&peer);
	arena_free(arena);
}

static void
test_stream(void **state)
{
	(void)state;
	begin(FCGI_TEST_RESPONDER);
	response_status(&response, 200);
	response_header(&response, "Content-Type", STR("text/csv"));
	assert_int_equal(response_stream(&response, &request), ERR_OK);
	assert_int_equal(response_piece(&response, &request, STR("a\n"),
	    true), ERR_OK);
	assert_int_equal(response_piece(&response, &request, STR("b\n"),
	    false), ERR_OK);
	assert_str(finish(), "Status: 200 OK\r\nContent-Type: text/csv\r\n"
	    "\r\na\nb\n");
}

static void
test_stream_of_head(void **state)
{
	(void)state;
	begin(FCGI_TEST_RESPONDER);
	response.head = true;
	response_status(&response, 200);
	assert_int_equal(response_stream(&response, &request), ERR_OK);
	assert_int_equal(response_piece(&response, &request, STR("a"), true),
	    ERR_OK);
	assert_str(finish(), "Status: 200 OK\r\n\r\n");
}

/* What cannot begin can still become another answer. */
static void
test_stream_that_cannot_begin(void **state)
{
	(void)state;
	begin(FCGI_TEST_RESPONDER);
	assert_int_equal(response_stream(&response, &request), ERR_INTERNAL);
	response_status(&response, 200);
	response_header(&response, "X-A", STR("a\nb"));
	assert_int_equal(response_stream(&response, &request), ERR_INTERNAL);
	assert_false(response.streams);
	assert_fallback();
}

static void
end_broken(void)
{
	assert_false(response_send(&response, &request));
	fcgi_close(&peer);
	arena_free(arena);
}

static void
test_stream_that_breaks_off(void **state)
{
	(void)state;
	begin(FCGI_TEST_RESPONDER);
	response_status(&response, 200);
	assert_int_equal(response_stream(&response, &request), ERR_OK);
	response.broken = true;
	assert_int_equal(response_piece(&response, &request, STR("a"), true),
	    ERR_SYSTEM);
	end_broken();
}

/* Noticed even if there is nothing to be sent. */
static void
test_stream_of_nobody(void **state)
{
	(void)state;
	begin(FCGI_TEST_RESPONDER);
	response_status(&response, 200);
	assert_int_equal(response_stream(&response, &request), ERR_OK);
	(void)shutdown(peer.theirs, SHUT_RDWR);
	assert_int_equal(response_piece(&response, &request, STR(""), true),
	    ERR_SYSTEM);
	end_broken();
}

static time_t
patience(void)
{
	struct timeval limit = { .tv_sec = 0 };
	socklen_t len = sizeof(limit);

	assert_int_equal(getsockopt(peer.ours, SOL_SOCKET, SO_SNDTIMEO,
	    &limit, &len), 0);
	return limit.tv_sec;
}

static void
test_stream_waits_longer_for_its_peer(void **state)
{
	const struct timeval limit = { .tv_sec = 1 };

	(void)state;
	begin(FCGI_TEST_RESPONDER);
	assert_int_equal(setsockopt(peer.ours, SOL_SOCKET, SO_SNDTIMEO, &limit,
	    sizeof(limit)), 0);
	response_status(&response, 200);
	assert_int_equal(response_stream(&response, &request), ERR_OK);
	assert_int_equal(patience(), 30);
	assert_true(response_send(&response, &request));
	assert_int_equal(patience(), 1);
	fcgi_close(&peer);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_stream_of_head),
		cmocka_unit_test(test_stream_that_cannot_begin),
		cmocka_unit_test(test_stream_that_breaks_off),
		cmocka_unit_test(test_stream_of_nobody),
		cmocka_unit_test(test_stream_waits_longer_for_its_peer),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_bodiless),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_authorizer),
		cmocka_unit_test(test_status_that_is_none),
		cmocka_unit_test(test_headers_that_are_none),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_fallback_to_head),
		cmocka_unit_test(test_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
