/* SPDX-License-Identifier: ISC */
/* db_sqlstate_test: states that matter, and everything else is a bug. */
#include "unit.h"

#include "db_sqlstate.h"

struct want {
	const char *state;
	enum err err;
	bool stale;
};

static const struct want wants[] = {
	{ "08006", ERR_DATABASE_DOWN, true },
	{ "0A000", ERR_INTERNAL, true },
	{ "22001", ERR_INVALID, false },
	{ "22P02", ERR_INVALID, false },
	{ "23000", ERR_CONFLICT, false },
	{ "23502", ERR_INVALID, false },
	{ "23503", ERR_CONFLICT, false },
	{ "23505", ERR_CONFLICT, false },
	{ "23514", ERR_INVALID, false },
	{ "25006", ERR_DATABASE_DOWN, true },
	{ "25P02", ERR_INTERNAL, false },
	{ "26000", ERR_INTERNAL, true },
	{ "28000", ERR_PERMISSION, false },
	{ "28P01", ERR_PERMISSION, false },
	{ "3D000", ERR_SCHEMA, false },
	{ "40001", ERR_DATABASE_DOWN, false },
	{ "40P01", ERR_DATABASE_DOWN, false },
	{ "42501", ERR_PERMISSION, false },
	{ "42601", ERR_INTERNAL, false },
	{ "42883", ERR_SCHEMA, false },
	{ "42P01", ERR_SCHEMA, false },
	{ "53300", ERR_DATABASE_DOWN, false },
	{ "55P03", ERR_DATABASE_DOWN, false },
	{ "57014", ERR_DATABASE_DOWN, false },
	{ "57P01", ERR_DATABASE_DOWN, true },
	{ "57P03", ERR_DATABASE_DOWN, true },
	{ "58030", ERR_DATABASE_DOWN, false },
	{ "P0001", ERR_INTERNAL, false },
	{ "XX000", ERR_INTERNAL, false },
	{ "", ERR_INTERNAL, false },
	{ "2", ERR_INTERNAL, false },
	{ "23505x", ERR_INTERNAL, false },
};

static void
test_states(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
		assert_int_equal(db_sqlstate_err(wants[i].state),
		    wants[i].err);
		assert_int_equal(db_sqlstate_stale(wants[i].state),
		    wants[i].stale);
	}
	assert_int_equal(db_sqlstate_err(NULL), ERR_INTERNAL);
	assert_false(db_sqlstate_stale(NULL));
}

static void
test_messages_with_values(void **state)
{
	(void)state;
	assert_true(db_sqlstate_tells_values("22P02"));
	assert_true(db_sqlstate_tells_values("22021"));
	assert_true(db_sqlstate_tells_values(NULL));
	assert_false(db_sqlstate_tells_values("23505"));
	assert_false(db_sqlstate_tells_values("42501"));
}

static void
test_success_is_never_an_error_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wants); i++)
		assert_int_not_equal(db_sqlstate_err(wants[i].state), ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_messages_with_values),
		cmocka_unit_test(test_success_is_never_an_error_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
