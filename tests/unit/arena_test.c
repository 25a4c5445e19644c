/* SPDX-License-Identifier: ISC */
/* The arena [layer 0]: caps, zeroing, alignment, wiping. */
#include "unit.h"

#include "arena.h"

#define CAP ((size_t)4096)

static int
arena_make(void **state)
{
	*state = arena_new(CAP);
	return *state == NULL ? -1 : 0;
}

static int
arena_end(void **state)
{
	arena_free(*state);
	return 0;
}

static void
test_caps(void **state)
{
	struct arena *a;

	(void)state;
	assert_null(arena_new(0));
	assert_null(arena_new(1023));
	assert_null(arena_new((size_t)64 * 1024 * 1024 + 1));
	assert_null(arena_new(SIZE_MAX));
	assert_non_null(a = arena_new(1024));
	assert_int_equal(arena_used(a), 0);
	arena_free(a);
	assert_non_null(a = arena_new((size_t)64 * 1024 * 1024));
	arena_free(a);
	arena_free(NULL);
}

static void
test_zeroed_and_aligned(void **state)
{
	static const unsigned char zeros[64];
	static const size_t sizes[] = { 1, 15, 16, 17, 33, 64 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		void *p = arena_alloc(*state, sizes[i]);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		assert_memory_equal(p, zeros, sizes[i]);
		memset(p, 0xff, sizes[i]);
	}
}

/* Takes all there is in pieces of SIZE; returns how many fitted. */
static size_t
arena_fill(struct arena *a, size_t size)
{
	size_t n = 0;
	unsigned char *p;

	while ((p = arena_alloc(a, size)) != NULL) {
		memset(p, 0xee, size);
		n++;
	}
	return n;
}

static void
test_refuses_past_the_cap(void **state)
{
	struct arena *a = *state;
	size_t pieces = arena_fill(a, 48);

	/* Under AddressSanitizer a hidden gap follows each piece. */
	assert_true(pieces == CAP / 48 || pieces == CAP / 64);
	assert_true(arena_used(a) <= CAP);
	assert_null(arena_alloc(a, 48));
	assert_null(arena_copy(a, "012345678901234567890123456789012345678"
	    "012345678901234567890123456789", 69));
}

static void
test_refuses_sizes_that_overflow(void **state)
{
	static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15,
		SIZE_MAX - 31, SIZE_MAX / 2, CAP + 1 };
	struct arena *a = *state;

	assert_non_null(arena_alloc(a, 32));
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		size_t before = arena_used(a);

		assert_null(arena_alloc(a, sizes[i]));
		assert_int_equal(arena_used(a), before);
	}
	assert_null(arena_copy(a, "x", SIZE_MAX));
	assert_non_null(arena_alloc(a, 32));
}

static void
test_nothing_is_something(void **state)
{
	assert_non_null(arena_alloc(*state, 0));
}

static void
test_copies(void **state)
{
	char *p;

	assert_non_null(p = arena_copy(*state, "a\0b and more", 3));
	assert_memory_equal(p, "a\0b", 4);
	assert_non_null(p = arena_copy(*state, NULL, 0));
	assert_string_equal(p, "");
}

static void
test_reset_wipes_all(void **state)
{
	static const unsigned char zeros[CAP];
	struct arena *a = *state;
	unsigned char *first = arena_alloc(a, 16);
	unsigned char *whole;

	assert_non_null(first);
	memset(first, 0xaa, 16);
	(void)arena_fill(a, 100);
	arena_reset(a);
	assert_int_equal(arena_used(a), 0);
	assert_non_null(whole = arena_alloc(a, CAP - 16));
	assert_ptr_equal(whole, first);
	assert_memory_equal(whole, zeros, CAP - 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_caps),
		cmocka_unit_test_setup_teardown(test_zeroed_and_aligned,
		    arena_make, arena_end),
		cmocka_unit_test_setup_teardown(test_refuses_past_the_cap,
		    arena_make, arena_end),
		cmocka_unit_test_setup_teardown(
		    test_refuses_sizes_that_overflow, arena_make, arena_end),
		cmocka_unit_test_setup_teardown(test_nothing_is_something,
		    arena_make, arena_end),
		cmocka_unit_test_setup_teardown(test_copies, arena_make,
		    arena_end),
		cmocka_unit_test_setup_teardown(test_reset_wipes_all,
		    arena_make, arena_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
