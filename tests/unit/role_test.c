/* SPDX-License-Identifier: ISC */
/* role_test: twelve methods against three roles, and what sites may grant. */
#include "unit.h"

#include "role.h"

static const char *const methods[] = {
	"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "TRACE",
	"CONNECT", "PROPFIND", "FOO", "get",
};

static void
test_matrix(void **state)
{
	static const enum role least[] = {
		ROLE_READ, ROLE_READ, ROLE_WRITE, ROLE_WRITE, ROLE_ADMIN,
		ROLE_ADMIN, ROLE_ADMIN, ROLE_ADMIN, ROLE_ADMIN, ROLE_ADMIN,
		ROLE_ADMIN, ROLE_ADMIN,
	};

	(void)state;
	assert_int_equal(ARRAY_LEN(methods), ARRAY_LEN(least));
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		assert_int_equal(role_for_method(str_of(methods[i]), STR(""),
		    STR("")), least[i]);
	assert_int_equal(role_for_method(STR(""), STR(""), STR("")),
	    ROLE_ADMIN);
	assert_int_equal(role_for_method(STR("GET "), STR(""), STR("")),
	    ROLE_ADMIN);
	assert_int_equal(role_for_method(STR("GET\0"), STR(""), STR("")),
	    ROLE_ADMIN);
}

static void
test_granted_methods(void **state)
{
	const struct str read = STR("OPTIONS  PROPFIND"), write = STR("PUT");

	(void)state;
	assert_int_equal(role_for_method(STR("OPTIONS"), read, write),
	    ROLE_READ);
	assert_int_equal(role_for_method(STR("PROPFIND"), read, write),
	    ROLE_READ);
	assert_int_equal(role_for_method(STR("PUT"), read, write),
	    ROLE_WRITE);
	assert_int_equal(role_for_method(STR("PU"), read, write), ROLE_ADMIN);
	assert_int_equal(role_for_method(STR("put"), read, write),
	    ROLE_ADMIN);
	/* A site cannot lower what the table fixes. */
	assert_int_equal(role_for_method(STR("POST"), STR("POST"), write),
	    ROLE_WRITE);
	assert_int_equal(role_for_method(STR(""), STR(" "), STR("")),
	    ROLE_ADMIN);
}

static void
test_names(void **state)
{
	enum role role;

	(void)state;
	for (enum role r = ROLE_READ; r < ROLE__COUNT; r++) {
		assert_true(role_parse(str_of(role_name(r)), &role));
		assert_int_equal(role, r);
	}
	assert_false(role_parse(STR("none"), &role));
	assert_false(role_parse(STR("Admin"), &role));
	assert_false(role_parse(STR(""), &role));
	assert_string_equal(role_name((enum role)99), "none");
}

static void
test_demand(void **state)
{
	enum role role = ROLE_ADMIN;

	(void)state;
	assert_true(role_demand(STR(""), &role));
	assert_int_equal(role, ROLE_NONE);
	assert_true(role_demand(STR("auto"), &role));
	assert_int_equal(role, ROLE_NONE);
	assert_true(role_demand(STR("write"), &role));
	assert_int_equal(role, ROLE_WRITE);
	assert_false(role_demand(STR("none"), &role));
	assert_false(role_demand(STR("adnim"), &role));
	assert_false(role_demand(STR("auto "), &role));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_granted_methods),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_demand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
