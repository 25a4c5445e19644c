/* SPDX-License-Identifier: ISC */
/* Tokens of sessions and what follows from them [layer 6]. */
#include "fcgi.h"

#include <string.h>

#include "session.h"

static void
test_tokens(void **state)
{
	struct session_token a, b;
	struct digest digest;

	(void)state;
	assert_int_equal(session_token_make(&a), ERR_OK);
	assert_int_equal(session_token_make(&b), ERR_OK);
	assert_int_equal(strlen(a.text), SESSION_TOKEN);
	assert_string_not_equal(a.text, b.text);
	assert_true(session_token_digest(str_of(a.text), &digest));
	assert_memory_equal(&digest, &a.digest, sizeof(digest));
	session_token_wipe(&a);
	assert_int_equal(a.text[0], '\0');
}

static void
test_no_tokens(void **state)
{
	static const char *const texts[] = {
		"", "a", "0123456789012345678901234567890123456789ab",
		"0123456789012345678901234567890123456789abcd",
		"0123456789012345678901234567890123456789ab-",
		"0123456789012345678901234567890123456789ab ",
		"0123456789012345678901234567890123456789ab\x80",
	};
	struct digest digest;
	char csrf[SESSION_CSRF_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_false(session_token_digest(str_of(texts[i]), &digest));
		assert_int_equal(session_csrf(str_of(texts[i]), csrf),
		    ERR_INTERNAL);
	}
}

/* It follows from the token, and is not the digest that is stored. */
static void
test_csrf(void **state)
{
	/* SHA-256 of "hasp csrf 1", NUL, the token. */
	static const char token[] =
	    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
	static const char *const want =
	    "c64f9baa5e0675b3af325385a4fd8cb4"
	    "3ee85282424abf36dbfdefbd8f2e3e1a";
	char csrf[SESSION_CSRF_SIZE], stored[DIGEST_HEX_SIZE];
	struct digest digest;

	(void)state;
	assert_int_equal(session_csrf(str_of(token), csrf), ERR_OK);
	assert_string_equal(csrf, want);
	assert_true(session_token_digest(str_of(token), &digest));
	digest_hex(&digest, stored);
	assert_string_not_equal(csrf, stored);
}

static void
test_is_sent(void **state)
{
	static const struct {
		const char *pairs[2];
		bool sent;
	} rows[] = {
		{ { "HTTP_COOKIE=__Host-hasp=x" }, true },
		{ { "HTTP_COOKIE=a=b; __Host-hasp=x; c=d" }, true },
		{ { "HTTP_COOKIE=__host-hasp=x" }, false },
		{ { "HTTP_COOKIE=hasp=x" }, false },
		{ { "HTTP_COOKIE=__Host-hasp=x; __Host-hasp=y" }, false },
		{ { "COOKIE=__Host-hasp=x" }, false },
		{ { "HTTP_COOKIE=" }, false },
	};
	struct fcgi_test peer;
	struct request request;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fcgi_open(&peer, 1, rows[i].pairs, STR(""));
		request_open(&request, &peer.fcgi);
		assert_int_equal(session_is_sent(&request), rows[i].sent);
		fcgi_close(&peer);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_no_tokens),
		cmocka_unit_test(test_csrf),
		cmocka_unit_test(test_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
