/* SPDX-License-Identifier: ISC */
/* db_wire_test: what libpq is given for each kind of parameter. */
#include "unit.h"

#include "db_wire.h"

static void
test_kinds(void **state)
{
	/* One microsecond before 2000, where PostgreSQL counts from. */
	static const unsigned char before_2000[8] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
	};
	const struct db_param params[] = {
		db_text(STR("text")), db_text(STR("")),
		db_bytes("\0\1", 2), db_int(INT64_MIN), db_bool(true),
		db_bool(false), db_null(), db_time(0),
		db_time(INT64_C(946684799999999)),
	};
	struct db_wire wire;

	(void)state;
	assert_int_equal(db_wire_make(&wire, params, ARRAY_LEN(params)),
	    ERR_OK);
	assert_string_equal(wire.values[0], "text");
	assert_string_equal(wire.values[1], "");
	assert_memory_equal(wire.values[2], "\0\1", 2);
	assert_int_equal(wire.lengths[2], 2);
	assert_int_equal(wire.formats[2], 1);
	assert_string_equal(wire.values[3], "-9223372036854775808");
	assert_int_equal(wire.formats[3], 0);
	assert_string_equal(wire.values[4], "t");
	assert_string_equal(wire.values[5], "f");
	assert_null(wire.values[6]);
	assert_null(wire.values[7]);
	assert_memory_equal(wire.values[8], before_2000, 8);
	assert_int_equal(wire.lengths[8], 8);
	assert_int_equal(wire.formats[8], 1);
	db_wire_wipe(&wire);
}

static void
test_a_text_ends_where_it_ends(void **state)
{
	const char *text = "abcdef";
	const struct db_param params[] = {
		db_text((struct str){ text, 3 }),
		db_text((struct str){ text + 3, 3 }),
	};
	struct db_wire wire;

	(void)state;
	assert_int_equal(db_wire_make(&wire, params, 2), ERR_OK);
	assert_string_equal(wire.values[0], "abc");
	assert_string_equal(wire.values[1], "def");
	db_wire_wipe(&wire);
}

static void
test_what_cannot_be_sent(void **state)
{
	const struct db_param nul = db_text(STR("a\0b"));
	struct db_param big[2] = { db_text(STR("")), db_text(STR("")) };
	char *much = calloc(1, (size_t)1 << 20);
	struct db_wire wire;

	(void)state;
	assert_non_null(much);
	memset(much, 'x', (size_t)1 << 20);
	assert_int_equal(db_wire_make(&wire, &nul, 1), ERR_INVALID);
	db_wire_wipe(&wire);
	big[0].bytes = (struct str){ much, (size_t)1 << 20 };
	assert_int_equal(db_wire_make(&wire, big, 1), ERR_INVALID);
	db_wire_wipe(&wire);
	/* One byte less and its NUL fill it; then not even "" has room. */
	big[0].bytes.len--;
	assert_int_equal(db_wire_make(&wire, big, 1), ERR_OK);
	db_wire_wipe(&wire);
	assert_int_equal(db_wire_make(&wire, big, 2), ERR_INVALID);
	db_wire_wipe(&wire);
	big[0] = db_bytes(much, (size_t)1 << 20);
	assert_int_equal(db_wire_make(&wire, big, 1), ERR_INVALID);
	db_wire_wipe(&wire);
	free(much);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_a_text_ends_where_it_ends),
		cmocka_unit_test(test_what_cannot_be_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
