/* SPDX-License-Identifier: ISC */
/*
 * db_array_test: arrays in PostgreSQL's binary form; that it reads them so is
 * held by tests/sql/test_shipping.py.
 */
#include "db_array.h"

#include "unit.h"

static void
same(struct db_array *array, const char *bytes, size_t len)
{
	struct db_param param = db_array_param(array);

	assert_int_equal(param.kind, DB_BYTES);
	assert_int_equal(param.bytes.len, len);
	assert_memory_equal(param.bytes.ptr, bytes, len);
}

#define SAME(array, bytes) same(array, bytes, sizeof(bytes) - 1)

static void
test_one_without_elements_has_no_dimension(void **state)
{
	struct db_array array = { .data = NULL };

	(void)state;
	db_array_begin(&array, DB_ARRAY_TEXT);
	SAME(&array, "\0\0\0\0" "\0\0\0\0" "\0\0\0\x19");
	db_array_free(&array);
}

static void
test_numbers_have_the_size_of_their_type(void **state)
{
	struct db_array array = { .data = NULL };

	(void)state;
	db_array_begin(&array, DB_ARRAY_SMALLINT);
	db_array_int(&array, -2);
	SAME(&array, "\0\0\0\1" "\0\0\0\0" "\0\0\0\x15" "\0\0\0\1" "\0\0\0\1"
	    "\0\0\0\2" "\xff\xfe");
	db_array_begin(&array, DB_ARRAY_INTEGER);
	db_array_int(&array, 258);
	db_array_null(&array);
	SAME(&array, "\0\0\0\1" "\0\0\0\1" "\0\0\0\x17" "\0\0\0\2" "\0\0\0\1"
	    "\0\0\0\4" "\0\0\1\2" "\xff\xff\xff\xff");
	db_array_begin(&array, DB_ARRAY_BIGINT);
	db_array_int(&array, INT64_MIN);
	SAME(&array, "\0\0\0\1" "\0\0\0\0" "\0\0\0\x14" "\0\0\0\1" "\0\0\0\1"
	    "\0\0\0\x8" "\x80\0\0\0\0\0\0\0");
	db_array_free(&array);
}

static void
test_texts_times_and_addresses(void **state)
{
	struct db_array array = { .data = NULL };
	const struct cidr v4 = { .family = 4, .bits = 32,
	    .addr = { 192, 0, 2, 7 } }, none = { .family = 0 };
	const struct cidr v6 = { .family = 6, .bits = 128,
	    .addr = { 0x20, [15] = 1 } };

	(void)state;
	db_array_begin(&array, DB_ARRAY_TEXT);
	db_array_text(&array, STR("a\"{,}"));
	db_array_text(&array, STR(""));
	SAME(&array, "\0\0\0\1" "\0\0\0\0" "\0\0\0\x19" "\0\0\0\2" "\0\0\0\1"
	    "\0\0\0\5" "a\"{,}" "\0\0\0\0");
	db_array_begin(&array, DB_ARRAY_TIMESTAMPTZ);
	db_array_time(&array, INT64_C(946684800000001));
	SAME(&array, "\0\0\0\1" "\0\0\0\0" "\0\0\4\xa0" "\0\0\0\1" "\0\0\0\1"
	    "\0\0\0\x8" "\0\0\0\0\0\0\0\1");
	db_array_begin(&array, DB_ARRAY_INET);
	db_array_address(&array, &v4);
	db_array_address(&array, &none);
	db_array_address(&array, &v6);
	SAME(&array, "\0\0\0\1" "\0\0\0\1" "\0\0\3\x65" "\0\0\0\3" "\0\0\0\1"
	    "\0\0\0\x8" "\2\x20\0\4" "\xc0\0\2\7" "\xff\xff\xff\xff"
	    "\0\0\0\x14" "\3\x80\0\x10"
	    "\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
	db_array_free(&array);
}

static void
test_it_grows(void **state)
{
	struct db_array array = { .data = NULL };
	const uint8_t uuid[DB_ARRAY_UUID_SIZE] = { 1, 2, 3 };

	(void)state;
	db_array_begin(&array, DB_ARRAY_UUID);
	for (int i = 0; i < 10000; i++)
		db_array_uuid(&array, uuid);
	assert_int_equal(array.count, 10000);
	assert_int_equal(db_array_param(&array).bytes.len, 20 + 10000 * 20);
	assert_memory_equal(array.data + array.len - 16, uuid, 16);
	db_array_free(&array);
}

static void
test_what_was_never_begun_is_null(void **state)
{
	struct db_array array = { .data = NULL };

	(void)state;
	assert_int_equal(db_array_param(&array).kind, DB_NULL);
	db_array_free(&array);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_without_elements_has_no_dimension),
		cmocka_unit_test(test_numbers_have_the_size_of_their_type),
		cmocka_unit_test(test_texts_times_and_addresses),
		cmocka_unit_test(test_it_grows),
		cmocka_unit_test(test_what_was_never_begun_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
