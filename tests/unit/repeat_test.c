/* SPDX-License-Identifier: ISC */
/* Requests that were asked about a moment ago [layer 6]. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "repeat.h"

#define SECOND 1000000
#define THREADS 8
#define IDS 2000

/* Whether it was new; from now on it is not. */
static bool
note(const char *key, const char *id, int64_t now)
{
	struct repeat *r = repeat_hold(str_of(key), str_of(id), now);
	bool noted = r->noted;

	r->noted = true;
	repeat_drop(r);
	return !noted;
}

static void
test_once(void **state)
{
	(void)state;
	assert_true(note("key_a", "1", SECOND));
	assert_false(note("key_a", "1", 2 * SECOND));
	assert_true(note("key_b", "1", 2 * SECOND));
	assert_true(note("", "1", 2 * SECOND));
	assert_true(note("key_a", "12", 2 * SECOND));
	assert_false(note("key_a", "1", SECOND + REPEAT_MEMORY - 1));
	assert_true(note("key_a", "1", SECOND + REPEAT_MEMORY));
}

/* What one says the next one sees, and nothing else. */
static void
test_fields(void **state)
{
	struct repeat *r;

	(void)state;
	r = repeat_hold(STR("key_c"), STR("x"), 7 * SECOND);
	assert_false(r->charged || r->let_in || r->noted);
	assert_int_equal(r->since, 7 * SECOND);
	r->charged = true;
	repeat_drop(r);
	r = repeat_hold(STR("key_c"), STR("x"), 8 * SECOND);
	assert_true(r->charged && !r->let_in && !r->noted);
	assert_int_equal(r->since, 7 * SECOND);
	repeat_drop(r);
}

static _Atomic int64_t fresh;

static void *
hammer(void *arg)
{
	char id[24];

	for (int i = 0; i < IDS; i++) {
		(void)snprintf(id, sizeof(id), "t%d", i);
		if (note("key_t", id, 100 * SECOND))
			atomic_fetch_add(&fresh, 1);
	}
	return arg;
}

static void
test_threads(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer,
		    NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(atomic_load(&fresh), IDS);
}

/* A flood makes others be forgotten, the oldest first, and no more. */
static void
test_bounded(void **state)
{
	char id[24];

	(void)state;
	for (int i = 0; i < 4 * REPEAT_REQUESTS; i++) {
		(void)snprintf(id, sizeof(id), "f%d", i);
		assert_true(note("key_f", id, 200 * SECOND + i));
		assert_false(note("key_f", id, 200 * SECOND + i));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
