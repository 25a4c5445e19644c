/* SPDX-License-Identifier: ISC */
#include "newkey.h"

#include <string.h>

#include "unit.h"

static const struct str environments[] = { { "live", 4 }, { "test", 4 } };
static const struct keytext_rules rules = {
	.prefix = { "hasp", 4 },
	.environments = environments,
	.environment_count = ARRAY_LEN(environments),
};

static void
test_a_secret_is_a_whole_key(void **state)
{
	struct newkey a CLEANUP_NEWKEY, b CLEANUP_NEWKEY;
	struct keytext parsed;
	struct digest digest;

	(void)state;
	assert_int_equal(newkey_make(&rules, STR("test"), &a), ERR_OK);
	assert_int_equal(newkey_make(&rules, STR("test"), &b), ERR_OK);
	assert_string_not_equal(a.text, b.text);
	assert_int_equal(keytext_parse(&rules, str_of(a.text), &parsed),
	    ERR_OK);
	assert_true(str_eq(parsed.environment, STR("test")));
	assert_true(str_eq(parsed.last, a.fresh.last));
	assert_int_equal(digest_sha256(str_of(a.text), &digest), ERR_OK);
	assert_memory_equal(&digest, &a.fresh.digest, sizeof(digest));
}

static void
test_an_environment_that_is_none(void **state)
{
	struct newkey newkey CLEANUP_NEWKEY = { .text = "" };

	(void)state;
	assert_int_equal(newkey_make(&rules, STR("prod"), &newkey),
	    ERR_INVALID);
}

static void
test_nothing_is_left_of_it(void **state)
{
	static const struct newkey nothing;
	struct newkey newkey;

	(void)state;
	assert_int_equal(newkey_make(&rules, STR("live"), &newkey), ERR_OK);
	newkey_wipe(&newkey);
	assert_memory_equal(&newkey, &nothing, sizeof(newkey));
}

static void
test_ids(void **state)
{
	static const char *const bad[] = {
		"", "key_", "key_012345678901234", "key_01234567890123456",
		"Key_0123456789012345", "key-0123456789012345",
		"key_012345678901234_", "key_012345678901234 ",
		"key_01234567890123\xc3\xa9",
	};
	char a[DECISION_ID_SIZE], b[DECISION_ID_SIZE];

	(void)state;
	assert_int_equal(newkey_id(a), ERR_OK);
	assert_int_equal(newkey_id(b), ERR_OK);
	assert_string_not_equal(a, b);
	assert_true(newkey_is_id(str_of(a)));
	assert_true(newkey_is_id(STR("key_0189AZMNazmn0000")));
	assert_false(newkey_is_id(STR("key_0123456789\0abcdef")));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(newkey_is_id(str_of(bad[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_secret_is_a_whole_key),
		cmocka_unit_test(test_an_environment_that_is_none),
		cmocka_unit_test(test_nothing_is_left_of_it),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
