/* SPDX-License-Identifier: ISC */
/*
 * quota_test: threads are let in as often as the quota says, one request of a
 * client is charged once, keys do not share, what others let in counts, and
 * memory is bounded.
 */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "quota.h"

#define SECOND INT64_C(1000000)
#define DAY 20675
#define NOON (DAY * TALLY_DAY + TALLY_DAY / 2)
#define THREADS 8
#define TRIES 20000

static struct decision_record
key_of(const char *id, int32_t quota)
{
	struct decision_record r = { .key_quota = quota, .used_day = DAY };

	(void)snprintf(r.key_id, sizeof(r.key_id), "%s", id);
	return r;
}

static bool
charge(const struct decision_record *r, const char *request, int64_t now,
    int64_t left)
{
	struct tally_state s;
	bool let_in = quota_charge(r, str_of(request), now, &s);

	assert_int_equal(s.left, left);
	return let_in;
}

struct crowd {
	struct decision_record record;
	const char *request;		/* "" for none */
	_Atomic int64_t let_in;
};

static void *
hammer(void *arg)
{
	struct crowd *c = arg;
	struct tally_state s;

	for (int i = 0; i < TRIES; i++)
		if (quota_charge(&c->record, str_of(c->request), NOON, &s))
			atomic_fetch_add(&c->let_in, 1);
	return NULL;
}

static int64_t
hammer_all(struct crowd *c)
{
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, c),
		    0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	return c->let_in;
}

static void
test_threads_get_the_quota(void **state)
{
	struct crowd c = { key_of("key_crowd", 100000), "", 0 };

	(void)state;
	assert_int_equal(hammer_all(&c), 100000);
}

static void
test_one_request_is_charged_once(void **state)
{
	struct crowd c = { key_of("key_once", 10), "0a1b", 0 };

	(void)state;
	assert_int_equal(hammer_all(&c), THREADS * TRIES);
	assert_true(charge(&c.record, "0a1c", NOON, 8));
}

static void
test_a_refusal_is_repeated(void **state)
{
	struct decision_record r = key_of("key_again", 1);

	(void)state;
	assert_true(charge(&r, "a", NOON, 0));
	assert_false(charge(&r, "b", NOON, 0));
	/* The same requests, now that there would be room. */
	r.key_quota = 3;
	assert_false(charge(&r, "b", NOON + SECOND, 2));
	assert_true(charge(&r, "a", NOON + SECOND, 2));
}

/* Those that share a set do not drive each other out. */
static void
test_many_requests_are_remembered(void **state)
{
	struct decision_record r = key_of("key_requests", 100000);
	struct tally_state s;
	char id[24];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++) {
			(void)snprintf(id, sizeof(id), "request%d", i);
			assert_true(quota_charge(&r, str_of(id), NOON + i,
			    &s));
		}
		assert_int_equal(s.left, 99000);
	}
}

static void
test_keys_do_not_share(void **state)
{
	char id[DECISION_ID_SIZE];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct decision_record r;

		(void)snprintf(id, sizeof(id), "key_own_%d", i);
		r = key_of(id, 1);
		assert_true(charge(&r, "x", NOON, 0));
		assert_false(charge(&r, "y", NOON, 0));
	}
}

static void
test_the_plan_s_quota(void **state)
{
	struct decision_record r = key_of("key_plan", 0);

	(void)state;
	r.plan_quota = 2;
	assert_true(charge(&r, "", NOON, 1));
	r.key_quota = 5;
	assert_true(charge(&r, "", NOON, 3));
	r.key_quota = 0;
	assert_false(charge(&r, "", NOON, 0));
}

static void
test_what_the_record_knows(void **state)
{
	struct decision_record r = key_of("key_known", 10);

	(void)state;
	r.used = 7;
	assert_true(charge(&r, "", NOON, 2));
	/* It stays in memory for long, and is true of its day alone. */
	assert_true(charge(&r, "", NOON, 1));
	assert_true(charge(&r, "", NOON, 0));
	assert_false(charge(&r, "", NOON, 0));
	assert_true(charge(&r, "", NOON + TALLY_DAY, 9));
	/* Looked up on the new day before anything was charged on it. */
	r = key_of("key_known_anew", 10);
	assert_true(charge(&r, "", NOON - TALLY_DAY, 9));
	r.used = 10;
	assert_false(charge(&r, "", NOON, 0));
}

static void
test_looking_charges_nothing(void **state)
{
	struct decision_record r = key_of("key_looked", 2);
	struct tally_state s;

	(void)state;
	for (int i = 0; i < 5; i++) {
		quota_look(&r, NOON, &s);
		assert_int_equal(s.left, 2);
		assert_int_equal(s.reset, 43200);
	}
}

/* Whether KEY is among those that are to be asked about. */
static bool
is_stale(const char *key)
{
	char ids[7][DECISION_ID_SIZE];
	size_t from = 0, n = ARRAY_LEN(ids);
	bool found = false;

	while (n == ARRAY_LEN(ids)) {
		n = quota_stale(&from, ids, ARRAY_LEN(ids));
		for (size_t i = 0; i < n; i++)
			found = found || strcmp(ids[i], key) == 0;
	}
	return found;
}

static void
test_what_is_asked_about(void **state)
{
	struct decision_record r = key_of("key_asked", 10);
	struct tally_state s;

	(void)state;
	quota_look(&r, NOON, &s);
	assert_false(is_stale("key_asked"));
	assert_true(charge(&r, "", NOON, 9));
	/* Until somebody has told. */
	assert_true(is_stale("key_asked"));
	assert_true(is_stale("key_asked"));
	quota_learn(STR("key_asked"), DAY, 5);
	assert_false(is_stale("key_asked"));
	assert_true(charge(&r, "", NOON, 4));
	assert_true(is_stale("key_asked"));
	quota_learn(STR("key_asked"), DAY - 1, 10);
	quota_learn(STR("key_nobody"), DAY, 10);
	assert_false(is_stale("key_asked"));
	assert_true(charge(&r, "", NOON, 3));
}

/* Each is told once, whatever the size of the pieces. */
static void
test_all_are_asked_about(void **state)
{
	char id[DECISION_ID_SIZE], ids[100][DECISION_ID_SIZE];
	size_t from = 0, n = ARRAY_LEN(ids), found = 0;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct decision_record r;

		(void)snprintf(id, sizeof(id), "key_all_%d", i);
		r = key_of(id, 10);
		assert_true(charge(&r, "", NOON, 9));
	}
	while (n == ARRAY_LEN(ids)) {
		n = quota_stale(&from, ids, ARRAY_LEN(ids));
		for (size_t i = 0; i < n; i++) {
			found += strncmp(ids[i], "key_all_", 8) == 0;
			quota_learn(str_of(ids[i]), DAY, 0);
		}
	}
	assert_int_equal(found, 2000);
	from = 0;
	assert_int_equal(quota_stale(&from, ids, ARRAY_LEN(ids)), 0);
}

/*
 * Far more keys than there are places: each is let in, one that is in use is
 * not forgotten, and what the record knows is known also of one that is.
 */
static void
test_more_keys_than_places(void **state)
{
	struct decision_record busy = key_of("key_busy", 1000000), first;
	struct tally_state s;
	char id[DECISION_ID_SIZE];
	int64_t now = NOON, charged = 0;

	(void)state;
	first = key_of("key_first", 10);
	assert_true(charge(&first, "", now, 9));
	for (int i = 0; i < 3 * QUOTA_KEYS; i++) {
		struct decision_record r;

		(void)snprintf(id, sizeof(id), "key_many_%d", i);
		r = key_of(id, 10);
		assert_true(charge(&r, id, ++now, 9));
		if (i % 16 == 0) {
			assert_true(quota_charge(&busy, STR(""), ++now, &s));
			charged++;
		}
	}
	quota_look(&busy, now, &s);
	assert_int_equal(s.left, 1000000 - charged);
	first.used = 10;
	assert_false(charge(&first, "", now, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads_get_the_quota),
		cmocka_unit_test(test_one_request_is_charged_once),
		cmocka_unit_test(test_a_refusal_is_repeated),
		cmocka_unit_test(test_many_requests_are_remembered),
		cmocka_unit_test(test_keys_do_not_share),
		cmocka_unit_test(test_the_plan_s_quota),
		cmocka_unit_test(test_what_the_record_knows),
		cmocka_unit_test(test_looking_charges_nothing),
		cmocka_unit_test(test_what_is_asked_about),
		cmocka_unit_test(test_all_are_asked_about),
		cmocka_unit_test(test_more_keys_than_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
