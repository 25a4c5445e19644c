/* SPDX-License-Identifier: ISC */
/*
 * unknown_test: who has to go where places are few.
 */
#include "unit.h"

#include "unknown.h"

/* As many as may have the same places. */
#define WAYS 4

static struct digest
digest_of(uint8_t n)
{
	return (struct digest){ { n } };
}

/* All of them are to stand in the same places. */
static void
put(struct unknown *unknown, uint8_t n, uint64_t epoch, int64_t until)
{
	const struct unknown_entry entry = {
		.tag = { .epoch = epoch, .asof = n }, .until = until,
	};
	const struct digest digest = digest_of(n);

	unknown_put(unknown, &digest, 7, &entry);
}

static bool
has(const struct unknown *unknown, uint8_t n)
{
	const struct digest digest = digest_of(n);
	struct unknown_entry entry;

	if (!unknown_get(unknown, &digest, 7, &entry))
		return false;
	assert_int_equal(entry.tag.asof, n);
	return true;
}

static void
test_the_first_to_end_goes(void **state)
{
	struct unknown *unknown = unknown_new(4 * WAYS);

	(void)state;
	assert_non_null(unknown);
	put(unknown, 1, 2, 30);
	put(unknown, 2, 2, 10);
	put(unknown, 3, 2, 40);
	put(unknown, 4, 2, 20);
	put(unknown, 5, 2, 5);
	assert_false(has(unknown, 2));
	put(unknown, 6, 2, 50);
	assert_false(has(unknown, 5));
	assert_true(has(unknown, 1) && has(unknown, 3) && has(unknown, 4) &&
	    has(unknown, 6));
	assert_int_equal(unknown_count(unknown), WAYS);
	unknown_free(unknown);
}

static void
test_another_epoch_goes_before(void **state)
{
	struct unknown *unknown = unknown_new(WAYS);

	(void)state;
	assert_non_null(unknown);
	put(unknown, 1, 4, 10);
	put(unknown, 2, 2, 99);
	put(unknown, 3, 4, 20);
	put(unknown, 4, 4, 30);
	put(unknown, 5, 4, 5);
	assert_false(has(unknown, 2));
	assert_true(has(unknown, 1) && has(unknown, 5));
	unknown_free(unknown);
}

static void
test_a_free_place_is_taken(void **state)
{
	struct unknown *unknown = unknown_new(WAYS);
	const struct digest second = digest_of(2);

	(void)state;
	assert_non_null(unknown);
	for (uint8_t n = 1; n <= WAYS; n++)
		put(unknown, n, 2, -n);
	unknown_drop(unknown, &second, 7);
	unknown_drop(unknown, &second, 7);
	assert_int_equal(unknown_count(unknown), WAYS - 1);
	assert_false(has(unknown, 2));
	put(unknown, 5, 2, 1);
	for (uint8_t n = 1; n <= WAYS + 1; n++)
		assert_int_equal(has(unknown, n), n != 2);
	/* The same again takes no other place. */
	put(unknown, 5, 4, 2);
	assert_int_equal(unknown_count(unknown), WAYS);
	assert_true(has(unknown, 1));
	unknown_free(unknown);
}

static void
test_few_places(void **state)
{
	(void)state;
	for (size_t places = 0; places <= 9; places++) {
		struct unknown *unknown = unknown_new(places);

		assert_non_null(unknown);
		for (uint8_t n = 0; n < 200; n++) {
			const struct digest digest = digest_of(n);
			const struct unknown_entry entry = {
				.tag = { .epoch = 2, .asof = 1 }, .until = n,
			};

			unknown_put(unknown, &digest, n, &entry);
		}
		assert_int_equal(unknown_count(unknown), places < WAYS ?
		    places : places / WAYS * WAYS);
		unknown_free(unknown);
	}
	unknown_free(NULL);
	/* More than there can be. */
	assert_null(unknown_new(SIZE_MAX));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_to_end_goes),
		cmocka_unit_test(test_another_epoch_goes_before),
		cmocka_unit_test(test_a_free_place_is_taken),
		cmocka_unit_test(test_few_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
