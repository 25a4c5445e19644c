/* SPDX-License-Identifier: ISC */
/*
 * problem_test: bodies of refusals: JSON on one line of ASCII that fits a
 * header, and the headers that go with a status.
 */
#include "unit.h"

#include <stdio.h>

#include "problem.h"

static struct arena *arena;
static struct config *config;

static int
open_all(void **state)
{
	char message[CONFIG_MESSAGE_SIZE];

	(void)state;
	arena = arena_new((size_t)1 << 20);
	return arena == NULL || config_read(NULL, "auth-check", &config,
	    message) != ERR_OK ? -1 : 0;
}

static int
close_all(void **state)
{
	(void)state;
	arena_free(arena);
	config_free(config);
	return 0;
}

static void
test_text(void **state)
{
	struct problem p = {
		.err = ERR_WRONG_REGION, .request_id = STR("0a1b"),
		.api_host = STR("api.eu.example:8443"),
	};
	struct str out;

	(void)state;
	assert_int_equal(problem_text(&p, config, arena, &out), ERR_OK);
	assert_str(out, "{\"type\":\"/hasp/errors#wrong_region\","
	    "\"title\":\"Unauthorized\",\"status\":401,"
	    "\"code\":\"wrong_region\",\"detail\":\"The account lives in "
	    "another region. Send its requests to the host named in api_host."
	    "\",\"request_id\":\"0a1b\",\"api_host\":\"api.eu.example:8443\"}");
}

static void
test_errors(void **state)
{
	struct form_faults faults = { .arena = arena };
	struct problem p = {
		.err = ERR_INVALID, .key_id = STR("key_1"), .faults = &faults,
	};
	struct str out;

	(void)state;
	assert_int_equal(problem_text(&p, config, arena, &out), ERR_OK);
	assert_str(out, "{\"type\":\"/hasp/errors#invalid\","
	    "\"title\":\"Unprocessable Content\",\"status\":422,"
	    "\"code\":\"invalid\",\"detail\":\"A value is not acceptable.\","
	    "\"key_id\":\"key_1\"}");
	form_fault(&faults, "#/name", "One.");
	form_fault(&faults, "#", "Two.");
	assert_int_equal(problem_text(&p, config, arena, &out), ERR_OK);
	assert_true(str_has(out, STR("\"key_id\":\"key_1\",\"errors\":["
	    "{\"pointer\":\"#/name\",\"detail\":\"One.\"},"
	    "{\"pointer\":\"#\",\"detail\":\"Two.\"}]}")));
}

/* nginx reads the response's headers into one buffer of 8 KiB. */
static void
test_every_text_fits_a_header(void **state)
{
	(void)state;
	for (enum err e = ERR_OK + 1; e < ERR__COUNT; e++) {
		struct problem p = { .err = e, .request_id = STR("x") };
		struct str out;

		arena_reset(arena);
		assert_int_equal(problem_text(&p, config, arena, &out),
		    ERR_OK);
		assert_true(out.len < 1024);
		for (size_t i = 0; i < out.len; i++)
			assert_in_range((unsigned char)out.ptr[i], 0x20,
			    0x7e);
	}
}

static bool
has(const struct response *r, struct str line)
{
	return str_has(buf_str(&r->headers), line);
}

static void
test_headers(void **state)
{
	(void)state;
	for (enum err e = ERR_OK + 1; e < ERR__COUNT; e++) {
		struct problem p = { .err = e };
		struct response r;
		int http = err_http(e);

		arena_reset(arena);
		response_init(&r, arena);
		problem_respond(&p, config, &r);
		assert_false(r.bad);
		assert_int_equal(r.status, http);
		assert_true(has(&r, STR("Cache-Control: no-store\r\n")));
		assert_true(has(&r, STR("application/problem+json\r\n")));
		assert_int_equal(has(&r, STR("WWW-Authenticate: Basic realm="
		    "\"api\", charset=\"UTF-8\"\r\nWWW-Authenticate: Bearer "
		    "realm=\"api\"")), http == 401);
		assert_int_equal(has(&r, STR("error=\"invalid_token\"")),
		    http == 401 && e != ERR_CREDENTIAL_MISSING);
		assert_int_equal(has(&r, STR("Retry-After: 1\r\n")),
		    http == 429 || http == 503);
	}
}

static void
test_browsers_get_no_basic(void **state)
{
	struct problem p = { .err = ERR_CREDENTIAL_MISSING, .browser = true };
	struct response r;

	(void)state;
	arena_reset(arena);
	response_init(&r, arena);
	problem_respond(&p, config, &r);
	assert_true(has(&r, STR("WWW-Authenticate: Bearer realm=\"api\"")));
	assert_false(has(&r, STR("Basic")));
}

static void
test_the_seconds_that_are_known(void **state)
{
	struct problem p = { .err = ERR_RATE_LIMITED, .retry_after = 86400 };
	struct response r;

	(void)state;
	arena_reset(arena);
	response_init(&r, arena);
	problem_respond(&p, config, &r);
	assert_true(has(&r, STR("Retry-After: 86400\r\n")));
	/* A refusal without the header takes no seconds either. */
	p.err = ERR_KEY_UNKNOWN;
	response_init(&r, arena);
	problem_respond(&p, config, &r);
	assert_false(has(&r, STR("Retry-After")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_every_text_fits_a_header),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_browsers_get_no_basic),
		cmocka_unit_test(test_the_seconds_that_are_known),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
