/* SPDX-License-Identifier: ISC */
/*
 * The error table [layer 1]: what web servers, documents and callers rely on
 * must hold for every row of errors.def.
 */
#include "unit.h"

#include "err.h"

static void
test_ok(void **state)
{
	(void)state;
	assert_int_equal(ERR_OK, 0);
	assert_int_equal(err_http(ERR_OK), 200);
	assert_string_equal(err_code(ERR_OK), "ok");
	assert_string_equal(err_sentence(ERR_OK), "");
	assert_null(err_group(ERR_OK));
}

static void
test_unknown_is_refused(void **state)
{
	static const int values[] = { -1, ERR__COUNT, ERR__COUNT + 1, 1 << 30 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		enum err err = (enum err)values[i];

		assert_int_equal(err_http(err), 503);
		assert_string_equal(err_code(err), "internal");
		assert_non_null(err_sentence(err));
		assert_null(err_group(err));
	}
}

static void
test_codes(void **state)
{
	(void)state;
	for (int i = 0; i < ERR__COUNT; i++) {
		const char *code = err_code((enum err)i);

		assert_in_range(strlen(code), 2, 40);
		assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz"
		    "0123456789_"), strlen(code));
		assert_true(code[0] >= 'a');
		for (int k = 0; k < i; k++)
			assert_string_not_equal(code, err_code((enum err)k));
	}
}

static void
test_sentences(void **state)
{
	(void)state;
	for (int i = ERR_OK + 1; i < ERR__COUNT; i++) {
		const char *s = err_sentence((enum err)i);
		size_t len = strlen(s);

		assert_in_range(len, 10, 250);
		for (size_t k = 0; k < len; k++) {
			assert_in_range(s[k], 0x20, 0x7e);
			assert_null(strchr("\"\\$<>&", s[k]));
		}
		assert_in_range(s[0], 'A', 'Z');
		assert_int_equal(s[len - 1], '.');
		assert_null(strstr(s, "  "));
		for (int k = ERR_OK + 1; k < i; k++)
			assert_string_not_equal(s, err_sentence((enum err)k));
	}
}

static void
test_statuses(void **state)
{
	(void)state;
	for (int i = ERR_OK + 1; i < ERR__COUNT; i++) {
		int http = err_http((enum err)i);

		/* A refusal never carries a status that a server lets in. */
		assert_in_range(http, 400, 599);
		assert_string_not_equal(err_reason(http), "Unknown");
	}
	assert_string_equal(err_reason(0), "Unknown");
	assert_string_equal(err_reason(-1), "Unknown");
	assert_string_equal(err_reason(299), "Unknown");
	assert_string_equal(err_reason(401), "Unauthorized");
	assert_string_equal(err_reason(304), "Not Modified");
	assert_string_equal(err_reason(428), "Precondition Required");
}

static void
test_groups(void **state)
{
	int groups = 0;

	(void)state;
	assert_non_null(err_group((enum err)(ERR_OK + 1)));
	for (int i = ERR_OK + 1; i < ERR__COUNT; i++) {
		const char *group = err_group((enum err)i);

		groups += group != NULL;
		assert_true(group == NULL || group[0] != '\0');
	}
	assert_true(groups > 1);
}

static void
test_strangers_meet_no_500(void **state)
{
	(void)state;
	for (int e = 0; e < ERR__COUNT; e++) {
		enum err told = err_public((enum err)e);

		assert_int_not_equal(err_http(told), 500);
		assert_true(told == (enum err)e || told == ERR_INTERNAL);
	}
	assert_int_equal(err_public(ERR_OK), ERR_OK);
	assert_int_equal(err_public(ERR_KEY_REVOKED), ERR_KEY_REVOKED);
	assert_int_equal(err_public(ERR_PERMISSION), ERR_INTERNAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strangers_meet_no_500),
		cmocka_unit_test(test_ok),
		cmocka_unit_test(test_unknown_is_refused),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
