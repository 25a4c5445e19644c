/* SPDX-License-Identifier: ISC */
/* db_breaker_test: refusing at once, one try a pause, and late news. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>

#include "db_breaker.h"

#define THREADS 8

/* Each test goes on where the one before left the time. */
static int64_t now = 1000;

static int
close_it(void **state)
{
	(void)state;
	now += 10000;
	(void)db_breaker_up(now);
	now += 10000;
	return 0;
}

static void
test_up_admits_all(void **state)
{
	(void)state;
	assert_true(db_breaker_admits(now));
	assert_true(db_breaker_admits(now));
	assert_false(db_breaker_up(now));
}

static void
test_down_refuses_and_tries_once_a_pause(void **state)
{
	(void)state;
	assert_true(db_breaker_down(now, now));
	assert_false(db_breaker_down(now, now));
	assert_false(db_breaker_admits(now));
	assert_false(db_breaker_admits(now + DB_BREAKER_PAUSE - 1));
	assert_true(db_breaker_admits(now + DB_BREAKER_PAUSE));
	assert_false(db_breaker_admits(now + DB_BREAKER_PAUSE));
	/* The one who tries never came back: another may. */
	assert_true(db_breaker_admits(now + 2 * DB_BREAKER_PAUSE));
	assert_true(db_breaker_up(now + 2 * DB_BREAKER_PAUSE));
	assert_true(db_breaker_admits(now + 2 * DB_BREAKER_PAUSE));
	assert_true(db_breaker_admits(now + 2 * DB_BREAKER_PAUSE));
}

static void
test_a_failure_before_an_answer_counts_for_nothing(void **state)
{
	(void)state;
	assert_false(db_breaker_up(now + 5));
	assert_false(db_breaker_down(now, now + 10));
	assert_true(db_breaker_admits(now + 10));
	assert_true(db_breaker_down(now + 6, now + 10));
	assert_false(db_breaker_admits(now + 10));
}

static void
test_an_old_answer_does_not_move_time_back(void **state)
{
	(void)state;
	assert_false(db_breaker_up(now + 20));
	assert_false(db_breaker_up(now));
	assert_false(db_breaker_down(now + 10, now + 30));
}

static _Atomic int admitted;

static void *
try_once(void *arg)
{
	if (db_breaker_admits(*(int64_t *)arg))
		atomic_fetch_add(&admitted, 1);
	return NULL;
}

static void
test_of_many_threads_one_tries(void **state)
{
	pthread_t threads[THREADS];
	int64_t later;

	(void)state;
	for (int round = 0; round < 50; round++) {
		later = now + DB_BREAKER_PAUSE;
		(void)db_breaker_down(now, now);
		atomic_store(&admitted, 0);
		for (size_t i = 0; i < THREADS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL,
			    try_once, &later), 0);
		for (size_t i = 0; i < THREADS; i++)
			assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(atomic_load(&admitted), 1);
		now += 1000;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_up_admits_all, close_it),
		cmocka_unit_test_setup(
		    test_down_refuses_and_tries_once_a_pause, close_it),
		cmocka_unit_test_setup(
		    test_a_failure_before_an_answer_counts_for_nothing,
		    close_it),
		cmocka_unit_test_setup(
		    test_an_old_answer_does_not_move_time_back, close_it),
		cmocka_unit_test_setup(test_of_many_threads_one_tries,
		    close_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
