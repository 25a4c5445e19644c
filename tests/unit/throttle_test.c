/* SPDX-License-Identifier: ISC */
/* So many lines and no more [layer 7]. */
#include "unit.h"

#include "throttle.h"

static void
test_throttle(void **state)
{
	struct throttle t = { .lock = PTHREAD_MUTEX_INITIALIZER };
	int64_t now = 123456, held;

	(void)state;
	for (int i = 0; i < THROTTLE_LINES; i++) {
		assert_true(throttle_pass(&t, now + i, &held));
		assert_int_equal(held, 0);
	}
	for (int i = 0; i < 1000; i++)
		assert_false(throttle_pass(&t, now + 500, &held));
	assert_false(throttle_pass(&t, now + THROTTLE_WINDOW_MS - 1, &held));
	/* The next window tells how many were not told of. */
	assert_true(throttle_pass(&t, now + THROTTLE_WINDOW_MS, &held));
	assert_int_equal(held, 1001);
	assert_true(throttle_pass(&t, now + THROTTLE_WINDOW_MS, &held));
	assert_int_equal(held, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_throttle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
