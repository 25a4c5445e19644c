/* SPDX-License-Identifier: ISC */
/* How an app says who it is [layer 2]: one way, once. */
#include "unit.h"

#include "base64.h"
#include "clientid.h"

static struct clientid_room room;
static struct clientid found;

/* By Basic with PLAIN, beside the parameters ID and SECRET. */
static enum err
by_basic(const char *scheme, const char *plain, const char *id,
    const char *secret)
{
	static char header[4 * CLIENTID_MAX];
	size_t len = strlen(scheme);

	memcpy(header, scheme, len);
	base64_encode(plain, strlen(plain), header + len);
	return clientid_parse(&(struct clientid_sources){ true,
	    str_of(header), str_of(id), str_of(secret) }, &room, &found);
}

static enum err
by_body(const char *id, const char *secret)
{
	return clientid_parse(&(struct clientid_sources){ false, STR(""),
	    str_of(id), str_of(secret) }, &room, &found);
}

static enum err
by_header(const char *value)
{
	return clientid_parse(&(struct clientid_sources){ true,
	    str_of(value), STR(""), STR("") }, &room, &found);
}

static void
is(const char *id, const char *secret)
{
	assert_true(str_eq(found.id, str_of(id)));
	assert_true(str_eq(found.secret, str_of(secret)));
}

static void
test_basic(void **state)
{
	(void)state;
	assert_int_equal(by_basic("Basic ", "id:secret", "", ""), ERR_OK);
	is("id", "secret");
	assert_int_equal(by_basic("bASIC   ", "id:secret", "", ""), ERR_OK);
	is("id", "secret");
	/* Both are encoded, so that a colon can be in either. */
	assert_int_equal(by_basic("Basic ", "i%3Ad:a%25+%C3%A9:b", "", ""),
	    ERR_OK);
	is("i:d", "a% \xc3\xa9:b");
	/* The id once more is no second way. */
	assert_int_equal(by_basic("Basic ", "id:secret", "id", ""), ERR_OK);
	is("id", "secret");
}

static void
test_body(void **state)
{
	(void)state;
	assert_int_equal(by_body("id", "secret"), ERR_OK);
	is("id", "secret");
	assert_int_equal(by_body("", ""), ERR_CLIENT_MISSING);
	assert_int_equal(by_body("id", ""), ERR_CLIENT_MISSING);
	assert_int_equal(by_body("", "secret"), ERR_CLIENT_MISSING);
}

static void
test_twice(void **state)
{
	(void)state;
	assert_int_equal(by_basic("Basic ", "id:secret", "id", "secret"),
	    ERR_CLIENT_TWICE);
	assert_int_equal(by_basic("Basic ", "id:secret", "", "secret"),
	    ERR_CLIENT_TWICE);
	assert_int_equal(by_basic("Basic ", "id:secret", "other", ""),
	    ERR_CLIENT_TWICE);
	/* Whatever the header is, it is there. */
	assert_int_equal(by_basic("Bearer ", "x", "id", "secret"),
	    ERR_CLIENT_TWICE);
}

static void
test_no_basic(void **state)
{
	static const char *const plain[] = {
		"", ":", "id", "id:", ":secret", "i%:secret", "id:s%4",
		"id:%00", "id:%C0%AF", "id:\xff",
	};
	static const char *const headers[] = {
		"", " ", "Basic", "Basic ", "Basic  ", "Basic id:secret",
		"Bearer aWQ6c2VjcmV0", "aWQ6c2VjcmV0", "Basic aWQ6c2VjcmV",
		"Basic aWQ6c2VjcmV0=", "Basic aWQ6 c2VjcmV0",
		"Basic: aWQ6c2VjcmV0", "Basic, aWQ6c2VjcmV0",
		"BasicaWQ6c2VjcmV0", "Basic aWQ6c2VjcmV0, Basic aWQ6",
	};
	static char longest[CLIENTID_MAX + 2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		assert_int_equal(by_basic("Basic ", plain[i], "", ""),
		    ERR_CLIENT_MISSING);
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		assert_int_equal(by_header(headers[i]), ERR_CLIENT_MISSING);
	memset(longest, 'A', sizeof(longest) - 1);
	memcpy(longest, "Basic ", 6);
	assert_int_equal(by_header(longest), ERR_CLIENT_MISSING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_no_basic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
