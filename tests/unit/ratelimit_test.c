/* SPDX-License-Identifier: ISC */
/*
 * ratelimit_test: threads take exactly what one bucket gives, one request of a
 * client is charged once, keys do not share, and memory is bounded.
 */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "ratelimit.h"
#include "repeat.h"

#define SECOND 1000000
#define THREADS 8
#define TRIES 40000

static const struct decision_rate slow = { 1, 100 };

struct crowd {
	const char *key;
	const char *request;		/* "" for none */
	struct decision_rate rate;
	_Atomic int64_t now;
	_Atomic int64_t let_in;
	int64_t step;			/* of the clock with each try */
};

static void *
hammer(void *arg)
{
	struct crowd *c = arg;
	struct bucket_state s;

	for (int i = 0; i < TRIES; i++) {
		int64_t now = atomic_fetch_add(&c->now, c->step);

		if (ratelimit_charge(str_of(c->key), c->rate,
		    str_of(c->request), now, &s))
			atomic_fetch_add(&c->let_in, 1);
	}
	return NULL;
}

static int64_t
hammer_all(struct crowd *c)
{
	pthread_t threads[THREADS];
	struct bucket_state s;

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, c),
		    0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	while (c->request[0] == '\0' && ratelimit_charge(str_of(c->key),
	    c->rate, STR(""), c->now, &s))
		c->let_in++;
	return c->let_in;
}

static void
test_a_standing_clock_gives_the_burst(void **state)
{
	struct crowd c = { .key = "key_standing", .request = "",
		.rate = slow, .now = SECOND };

	(void)state;
	assert_int_equal(hammer_all(&c), 100);
}

static void
test_a_running_clock_gives_what_refills(void **state)
{
	/* 320 000 tries in 32 s at 7 a second: it is never full again. */
	struct crowd c = { .key = "key_running", .request = "",
		.rate = { 7, 50 }, .now = SECOND, .step = 100 };
	int64_t elapsed = (int64_t)THREADS * TRIES * c.step;

	(void)state;
	assert_int_equal(hammer_all(&c), 50 + elapsed * 7 / SECOND);
}

/* All threads ask for the same client's request: one charge, one verdict. */
static void
test_one_request_is_charged_once(void **state)
{
	struct crowd c = { .key = "key_once", .request = "0a1b",
		.rate = slow, .now = SECOND };
	struct bucket_state s;

	(void)state;
	assert_int_equal(hammer_all(&c), THREADS * TRIES);
	assert_true(ratelimit_charge(STR("key_once"), slow, STR("0a1c"),
	    SECOND, &s));
	assert_int_equal(s.left, 98);
}

static void
test_a_refusal_is_repeated(void **state)
{
	const struct decision_rate one = { 1, 1 };
	struct bucket_state s;
	int64_t now = SECOND;

	(void)state;
	assert_true(ratelimit_charge(STR("key_again"), one, STR("a"), now,
	    &s));
	assert_false(ratelimit_charge(STR("key_again"), one, STR("b"), now,
	    &s));
	assert_int_equal(s.wait, 1);
	/* The same request, now that there would be room: refused the same. */
	assert_false(ratelimit_charge(STR("key_again"), one, STR("b"),
	    now + 5 * SECOND, &s));
	assert_int_equal(s.wait, 1);
	assert_int_equal(s.left, 1);
	assert_true(ratelimit_charge(STR("key_again"), one, STR("a"),
	    now + 5 * SECOND, &s));
	assert_true(ratelimit_charge(STR("key_again"), one, STR("c"),
	    now + 5 * SECOND, &s));
	/* Long after, the same id is another request. */
	assert_true(ratelimit_charge(STR("key_again"), one, STR("b"),
	    now + REPEAT_MEMORY, &s));
	assert_int_equal(s.left, 0);
}

static void
test_keys_do_not_share(void **state)
{
	const struct decision_rate one = { 1, 1 };
	struct bucket_state s;
	char key[DECISION_ID_SIZE];

	(void)state;
	/* One request id for all: the pair counts. */
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(key, sizeof(key), "key_own_%d", i);
		assert_true(ratelimit_charge(str_of(key), one, STR("x"),
		    SECOND, &s));
		assert_false(ratelimit_charge(str_of(key), one, STR("y"),
		    SECOND, &s));
	}
}

static void
test_another_limit_counts_at_once(void **state)
{
	struct bucket_state s;

	(void)state;
	for (int32_t burst = 1; burst <= 20; burst++) {
		struct decision_rate rate = { 1, burst };

		assert_true(ratelimit_charge(STR("key_more"), rate, STR(""),
		    SECOND, &s));
		assert_false(ratelimit_charge(STR("key_more"), rate, STR(""),
		    SECOND, &s));
	}
}

/*
 * Far more keys than there are places: none is ever refused its burst, and
 * one that misses most is not the one that is forgotten.
 */
static void
test_more_keys_than_places(void **state)
{
	const struct decision_rate many = { 1, 1000 };
	struct bucket_state s;
	char key[DECISION_ID_SIZE];

	(void)state;
	for (int i = 0; i < 500; i++)
		assert_true(ratelimit_charge(STR("key_heavy"), many, STR(""),
		    SECOND, &s));
	for (int i = 0; i < 3 * RATELIMIT_KEYS; i++) {
		(void)snprintf(key, sizeof(key), "key_light_%d", i);
		assert_true(ratelimit_charge(str_of(key), many, str_of(key),
		    SECOND, &s));
		assert_int_equal(s.left, 999);
	}
	assert_true(ratelimit_charge(STR("key_heavy"), many, STR(""), SECOND,
	    &s));
	assert_int_equal(s.left, 499);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_standing_clock_gives_the_burst),
		cmocka_unit_test(test_a_running_clock_gives_what_refills),
		cmocka_unit_test(test_one_request_is_charged_once),
		cmocka_unit_test(test_a_refusal_is_repeated),
		cmocka_unit_test(test_keys_do_not_share),
		cmocka_unit_test(test_another_limit_counts_at_once),
		cmocka_unit_test(test_more_keys_than_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
