/* SPDX-License-Identifier: ISC */
/*
 * explain_test: every code that a check can be answered with is explained, in
 * plain words, in the order of errors.def.
 */
#include "unit.h"

#include <ctype.h>
#include <string.h>

#include "err.h"
#include "explain.h"

static const char *const codes[] = {
#define C(code, why, mend) code,
#define V(event, why, mend)
#include "explain.def"
#undef C
#undef V
};

static const char *const events[] = {
#define C(code, why, mend)
#define V(event, why, mend) event,
#include "explain.def"
#undef C
#undef V
};

/* Groups of errors.def all of which a check can be refused with. */
static bool
group_is_of_checks(const char *group)
{
	static const char *const groups[] = {
		"No credential where one belongs",
		"The Authorization header is malformed",
		"The fields of Basic are mixed up",
		"The key is not one as it stands",
		"The key is whole, and refused",
		"The service itself",
	};

	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (strcmp(groups[i], group) == 0)
			return true;
	return false;
}

/* Those of other groups. */
static bool
is_of_checks(enum err err)
{
	return err == ERR_OK || err == ERR_SESSION_REQUIRED ||
	    err == ERR_TARGET_AMBIGUOUS;
}

static bool
is_listed(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (strcmp(codes[i], code) == 0)
			return true;
	return false;
}

static void
test_every_code(void **state)
{
	const char *group = "";
	size_t groups = 0;

	(void)state;
	for (int i = 0; i < ERR__COUNT; i++) {
		enum err err = (enum err)i;
		bool wanted;

		if (err_group(err) != NULL) {
			group = err_group(err);
			groups += group_is_of_checks(group);
		}
		wanted = is_of_checks(err) || (group_is_of_checks(group) &&
		    err_public(err) == err);
		if (is_listed(err_code(err)) != wanted)
			fail_msg("%s is%s explained", err_code(err),
			    wanted ? " not" : "");
	}
	assert_int_equal(groups, 6);
}

/* The number of the code in errors.def; -1 if it is not there. */
static int
find_code(const char *code)
{
	for (int i = 0; i < ERR__COUNT; i++)
		if (strcmp(code, err_code((enum err)i)) == 0)
			return i;
	return -1;
}

static void
test_order(void **state)
{
	int last = -1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		int n = find_code(codes[i]);

		if (n >= 0)
			assert_true(n > last);
		last = n >= 0 ? n : last;
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(codes[i], codes[k]);
	}
	assert_string_equal(codes[ARRAY_LEN(codes) - 1], "unknown_code");
}

static void
check_text(const char *text)
{
	size_t len = strlen(text);

	assert_in_range(len, 15, 300);
	assert_true(isupper((unsigned char)text[0]));
	assert_int_equal(text[len - 1], '.');
	for (size_t i = 0; i < len; i++) {
		assert_in_range(text[i], 0x20, 0x7e);
		assert_null(strchr("\"\\$<>&|`", text[i]));
	}
	assert_null(strstr(text, "  "));
}

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const struct explain *row = explain_code(str_of(codes[i]));

		assert_string_equal(row->name, codes[i]);
		check_text(row->why);
		check_text(row->mend);
	}
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		const struct explain *row = explain_event(str_of(events[i]));

		assert_non_null(row);
		assert_string_equal(row->name, events[i]);
		check_text(row->why);
		if (row->mend[0] != '\0')
			check_text(row->mend);
	}
}

static void
test_unknown(void **state)
{
	static const char *const names[] = { "", "OK", "ok ", "okay", "o",
		"no_such_code", "key_created" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_string_equal(explain_code(str_of(names[i]))->name,
		    "unknown_code");
	assert_string_equal(explain_code((struct str){ "ok\0x", 4 })->name,
	    "unknown_code");
	assert_null(explain_event(STR("")));
	assert_null(explain_event(STR("ok")));
	assert_null(explain_event(STR("key_create")));
	assert_null(explain_event(STR("key_created_")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
