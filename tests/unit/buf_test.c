/* SPDX-License-Identifier: ISC */
/* Growing text [layer 0]: growth, NUL bytes, the sticky failure. */
#include "unit.h"

#include "buf.h"

#define CAP ((size_t)4096)

static int
buf_make(void **state)
{
	*state = arena_new(CAP);
	return *state == NULL ? -1 : 0;
}

static int
buf_end(void **state)
{
	arena_free(*state);
	return 0;
}

static void
test_empty(void **state)
{
	struct buf b = buf_in(*state);

	assert_str(buf_str(&b), "");
	buf_add(&b, STR(""));
	buf_add(&b, (struct str){ NULL, 0 });
	assert_str(buf_str(&b), "");
	assert_false(b.failed);
}

static void
test_joins(void **state)
{
	static const struct str texts[] = {
		{ "a", 1 }, { NULL, 0 }, { "\0b", 2 }, { "cde", 3 },
	};
	static char long_text[CAP];
	const struct str too_long[] = { { "x", 1 }, { long_text, CAP } };
	struct buf b = buf_in(*state);

	buf_join(&b, texts, 0);
	assert_str(buf_str(&b), "");
	buf_join(&b, texts, ARRAY_LEN(texts));
	buf_join(&b, texts, 1);
	assert_str(buf_str(&b), "a\0bcdea");
	assert_int_equal(b.data[b.len], '\0');
	buf_join(&b, too_long, ARRAY_LEN(too_long));
	assert_true(b.failed);
	assert_str(buf_str(&b), "a\0bcdea");
}

static void
test_adds(void **state)
{
	struct buf b = buf_in(*state);

	buf_add(&b, STR("a\0b"));
	buf_printf(&b, "%s-%d", "x", 7);
	buf_printf(&b, "%s", "");
	assert_str(buf_str(&b), "a\0bx-7");
	assert_int_equal(b.data[b.len], '\0');
	assert_false(b.failed);
}

static void
test_grows_byte_by_byte(void **state)
{
	struct buf b = buf_in(*state);

	for (size_t i = 0; i < 1000; i++) {
		char c = (char)('a' + i % 26);

		buf_add(&b, (struct str){ &c, 1 });
		assert_int_equal(b.len, i + 1);
		assert_int_equal(b.data[b.len], '\0');
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(b.data[i], 'a' + (int)(i % 26));
}

static void
test_printf_larger_than_its_room(void **state)
{
	struct buf b = buf_in(*state);

	buf_printf(&b, "%0900d|%0300d", 1, 2);
	assert_false(b.failed);
	assert_int_equal(b.len, 1201);
	assert_int_equal(b.data[899], '1');
	assert_int_equal(b.data[900], '|');
	assert_int_equal(b.data[1200], '2');
}

static void
test_failure_sticks(void **state)
{
	static const char zeros[CAP];
	struct buf b = buf_in(*state);

	buf_add(&b, STR("kept"));
	buf_add(&b, (struct str){ zeros, sizeof(zeros) });
	assert_true(b.failed);
	assert_str(buf_str(&b), "kept");
	buf_add(&b, STR("x"));
	buf_printf(&b, "%d", 1);
	assert_true(b.failed);
	assert_str(buf_str(&b), "kept");
}

static void
test_lengths_that_overflow(void **state)
{
	static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 1,
		SIZE_MAX / 2, SIZE_MAX / 4 + 1, SIZE_MAX / 4 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct buf b = buf_in(*state);

		buf_add(&b, STR("y"));
		buf_add(&b, (struct str){ "x", sizes[i] });
		assert_true(b.failed);
		assert_int_equal(b.len, 1);
	}
}

static void
test_printf_failure_sticks(void **state)
{
	struct buf b = buf_in(*state);

	buf_printf(&b, "%05000d", 1);
	assert_true(b.failed);
	assert_int_equal(b.len, 0);
}

static void
test_percent(void **state)
{
	struct buf b = buf_in(*state);

	buf_percent(&b, STR("aZ09-._~"));
	buf_percent(&b, STR("/ +%&\x00\xff\n"));
	buf_percent(&b, STR(""));
	assert_false(b.failed);
	assert_str(buf_str(&b), "aZ09-._~%2F%20%2B%25%26%00%FF%0A");
}

#define WITH_ARENA(f) cmocka_unit_test_setup_teardown(f, buf_make, buf_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARENA(test_empty),
		WITH_ARENA(test_joins),
		WITH_ARENA(test_adds),
		WITH_ARENA(test_percent),
		WITH_ARENA(test_grows_byte_by_byte),
		WITH_ARENA(test_printf_larger_than_its_room),
		WITH_ARENA(test_failure_sticks),
		WITH_ARENA(test_lengths_that_overflow),
		WITH_ARENA(test_printf_failure_sticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
