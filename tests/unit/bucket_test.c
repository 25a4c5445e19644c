/* SPDX-License-Identifier: ISC */
/*
 * bucket_test: a bucket lets in its burst and what refills, never one more or
 * less, at any rate, whatever the clock does and however the limit changes.
 */
#include "unit.h"

#include "bucket.h"

#define SECOND 1000000

static int
take_all(struct bucket *b, int32_t rate, int32_t burst, int64_t now)
{
	struct bucket_state state;
	int taken = 0;

	while (bucket_take(b, rate, burst, now, &state))
		taken++;
	assert_int_equal(state.left, 0);
	assert_true(state.wait >= 1);
	return taken;
}

static void
test_burst_then_rate(void **state)
{
	struct bucket b = { .missing = 0 };
	int64_t now = 77 * SECOND;

	(void)state;
	assert_int_equal(take_all(&b, 2, 5, now), 5);
	assert_int_equal(take_all(&b, 2, 5, now + 499999), 0);
	assert_int_equal(take_all(&b, 2, 5, now + 500000), 1);
	assert_int_equal(take_all(&b, 2, 5, now + 999999), 0);
	assert_int_equal(take_all(&b, 2, 5, now + SECOND), 1);
	/* No more than the burst, however long nobody came. */
	assert_int_equal(take_all(&b, 2, 5, now + 3600ll * SECOND), 5);
	assert_int_equal(take_all(&b, 2, 5, INT64_MAX), 5);
}

/* Rates that do not divide a second lose nothing over a long time. */
static void
test_no_drift(void **state)
{
	static const int32_t rates[] = { 1, 3, 7, 997, 999983, 1000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		struct bucket b = { .missing = 0 };
		struct bucket_state s;
		uint64_t seed = 42;
		int64_t now = 0, most;
		int64_t taken = take_all(&b, rates[i], 1000, now);

		for (int n = 0; n < 200000; n++) {
			now += (int64_t)(unit_next(&seed) % 1000);
			taken += bucket_take(&b, rates[i], 1000, now, &s);
		}
		taken += take_all(&b, rates[i], 1000, now);
		most = 1000 + now * rates[i] / SECOND;
		assert_true(taken <= most);
		/* Slow enough to be asked for all that it refills. */
		if (rates[i] < 1000)
			assert_int_equal(taken, most);
	}
}

static void
test_extremes(void **state)
{
	struct bucket b = { .missing = 0 };
	struct bucket_state s;
	int64_t now = INT64_MAX / 2;

	(void)state;
	assert_int_equal(take_all(&b, 1, 10000000, now), 10000000);
	bucket_look(&b, 1, 10000000, now, &s);
	assert_int_equal(s.full, 10000000);
	assert_int_equal(s.window, 10000000);
	assert_int_equal(s.wait, 1);
	assert_int_equal(take_all(&b, 1000000, 10000000, now), 0);
	assert_int_equal(take_all(&b, 1000000, 10000000, now + SECOND),
	    1000000);
	b = (struct bucket){ .missing = 0 };
	assert_int_equal(take_all(&b, 1000000, 1, now), 1);
	assert_int_equal(take_all(&b, 1000000, 1, now + 1), 1);
	bucket_look(&b, 1000000, 1, now + 1, &s);
	assert_int_equal(s.window, 1);
	assert_int_equal(s.full, 1);
}

static void
test_a_clock_that_goes_back(void **state)
{
	struct bucket b = { .missing = 0 };
	int64_t now = 1000 * SECOND;

	(void)state;
	assert_int_equal(take_all(&b, 1, 10, now), 10);
	for (int64_t back = 1; back < 1000; back *= 3) {
		assert_int_equal(take_all(&b, 1, 10, now - back * SECOND), 0);
		assert_int_equal(take_all(&b, 1, 10, now), 0);
	}
	assert_int_equal(take_all(&b, 1, 10, INT64_MIN / 2), 0);
	/* A second that was counted once is not counted again. */
	assert_int_equal(take_all(&b, 1, 10, now + SECOND), 1);
	assert_int_equal(take_all(&b, 1, 10, now), 0);
	assert_int_equal(take_all(&b, 1, 10, now + SECOND), 0);
}

static void
test_another_limit_counts_at_once(void **state)
{
	struct bucket b = { .missing = 0 };
	struct bucket_state s;
	int64_t now = SECOND;

	(void)state;
	assert_int_equal(take_all(&b, 1, 5, now), 5);
	/* What was taken stays taken. */
	assert_int_equal(take_all(&b, 1, 8, now), 3);
	/* A smaller one is empty at most. */
	assert_int_equal(take_all(&b, 1, 2, now), 0);
	assert_int_equal(take_all(&b, 1, 2, now + 2 * SECOND), 2);
	/* Time before the change counts at the old rate. */
	assert_int_equal(take_all(&b, 100, 100, now + 3 * SECOND), 99);
	assert_int_equal(take_all(&b, 100, 100, now + 4 * SECOND), 100);
	bucket_look(&b, 100, 100, now + 4 * SECOND, &s);
	assert_int_equal(s.full, 1);
}

static void
test_what_is_told(void **state)
{
	struct bucket b = { .missing = 0 };
	struct bucket_state s;

	(void)state;
	assert_true(bucket_take(&b, 3, 10, 0, &s));
	assert_int_equal(s.left, 9);
	assert_int_equal(s.full, 1);
	assert_int_equal(s.wait, 0);
	assert_int_equal(s.window, 4);
	assert_int_equal(take_all(&b, 3, 10, 0), 9);
	bucket_look(&b, 3, 10, 0, &s);
	assert_int_equal(s.full, 4);
	assert_int_equal(bucket_missing(&b, 0), 10 * SECOND);
	assert_int_equal(bucket_missing(&b, 1), 10 * SECOND - 3);
	assert_int_equal(bucket_missing(&b, 3333333), 1);
	assert_int_equal(bucket_missing(&b, 3333334), 0);
	/* The wait is enough, and a second less is not. */
	b = (struct bucket){ .missing = 0 };
	assert_true(bucket_take(&b, 1, 1, 0, &s));
	assert_false(bucket_take(&b, 1, 1, 1, &s));
	assert_int_equal(s.wait, 1);
	assert_true(bucket_take(&b, 1, 1, s.wait * SECOND, &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_then_rate),
		cmocka_unit_test(test_no_drift),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_a_clock_that_goes_back),
		cmocka_unit_test(test_another_limit_counts_at_once),
		cmocka_unit_test(test_what_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
