/* SPDX-License-Identifier: ISC */
/*
 * usageline_test: lines of uses; that the database's are the same is held by
 * tests/sql/test_shipping.py.
 */
#include "usageline.h"

#include "unit.h"

static const uint8_t stands[USAGELINE_ADDRESS_SIZE] = { 0x0f, 0xa0 };

static void
same(const struct entry *e, const char *line)
{
	char out[USAGELINE_SIZE], middle[USAGELINE_MIDDLE_SIZE];
	size_t len = usageline_make(e, 3, 17, (struct str){ middle,
	    usageline_middle(e, middle) }, stands, out);

	assert_int_equal(len, strlen(line));
	assert_memory_equal(out, line, len);
}

static void
test_a_key_that_was_let_in(void **state)
{
	struct entry e = {
		.at = 1800000000123456,
		.identified = true,
		.repeated = true,
		.has_request = true,
		.has_app = true,
		.account = 12345,
		.key_id = "key_0123456789abcdef",
		.version = 2,
		.app = { 1, 2 },
		.method = entry_method_of(STR("GET")),
		.status = 204,
		.address = { .family = 4, .bits = 32 },
		.request = { 0xff, [15] = 0x10 },
		.site = "a\\b",
	};

	(void)state;
	entry_set_code(&e, ERR_OK);
	same(&e, "u\t3\t17\t1800000000123456\t12345\tkey_0123456789abcdef\t2\t"
	    "01020000000000000000000000000000\t\\N\t\\N\tok\t204\tGET\ta\\\\b\t"
	    "ff000000000000000000000000000010\t0\t1\t"
	    "0fa00000000000000000000000000000\n");
}

static void
test_a_stranger(void **state)
{
	struct entry e = {
		.at = 1,
		.account = 9,
		.has_credential = true,
		.credential = { 0xab },
		.status = 401,
	};

	(void)state;
	entry_set_code(&e, ERR_KEY_UNKNOWN);
	same(&e, "u\t3\t17\t1\t0\t\\N\t\\N\t\\N\t"
	    "ab000000000000000000000000000000\t9\tkey_unknown\t401\tother\t\t"
	    "\\N\t0\t0\t\\N\n");
}

/* Nothing that an entry can hold is longer than the room. */
static void
test_the_longest(void **state)
{
	char out[USAGELINE_SIZE], middle[USAGELINE_MIDDLE_SIZE];
	struct entry e = {
		.at = INT64_MAX, .identified = true, .has_request = true,
		.has_app = true, .account = INT64_MAX, .version = INT32_MAX,
		.status = INT16_MAX, .address = { .family = 6 },
	};

	size_t len;

	(void)state;
	memset(e.key_id, 'k', sizeof(e.key_id) - 1);
	memset(e.site, '\\', ENTRY_SITE_SIZE);
	for (int i = 0; i < ERR__COUNT; i++) {
		entry_set_code(&e, (enum err)i);
		len = usageline_middle(&e, middle);
		assert_true(len < sizeof(middle));
		assert_true(usageline_make(&e, INT64_MAX, UINT64_MAX / 2,
		    (struct str){ middle, len }, stands, out) < sizeof(out));
	}
}

static void
test_what_stands_for_an_address(void **state)
{
	static const uint8_t salt[USAGELINE_SALT_SIZE] = "0123456789abcde";
	uint8_t out[USAGELINE_ADDRESS_SIZE];
	struct digest digest;
	struct cidr address;

	(void)state;
	assert_true(cidr_parse(STR("192.0.2.7"), &address));
	assert_int_equal(usageline_address(salt, &address, out), ERR_OK);
	assert_int_equal(digest_sha256((struct str){
	    "0123456789abcde\000192.0.2.7", 25 }, &digest), ERR_OK);
	assert_memory_equal(out, digest.bytes, sizeof(out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_key_that_was_let_in),
		cmocka_unit_test(test_a_stranger),
		cmocka_unit_test(test_the_longest),
		cmocka_unit_test(test_what_stands_for_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
