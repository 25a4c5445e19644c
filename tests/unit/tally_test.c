/* SPDX-License-Identifier: ISC */
/*
 * tally_test: a day's quota is let in and not one more, midnight begins anew
 * once, and counts of others are believed as far as they prove something,
 * whatever the order in which they come.
 */
#include "unit.h"

#include "tally.h"

#define SECOND INT64_C(1000000)
#define DAY INT64_C(20675)
#define MIDNIGHT (DAY * TALLY_DAY)

static int64_t
take_all(struct tally *t, int64_t quota, int64_t now)
{
	struct tally_state s;
	int64_t taken = 0;

	while (tally_take(t, quota, now, &s))
		taken++;
	assert_int_equal(s.left, 0);
	assert_true(s.reset >= 1);
	return taken;
}

static void
test_the_quota_and_not_one_more(void **state)
{
	struct tally t = { .own = 0 };
	struct tally_state s;

	(void)state;
	for (int left = 4; left >= 0; left--) {
		assert_true(tally_take(&t, 5, MIDNIGHT + 7 * SECOND, &s));
		assert_int_equal(s.left, left);
		assert_int_equal(s.reset, 86400 - 7);
	}
	assert_int_equal(take_all(&t, 5, MIDNIGHT + TALLY_DAY - 1), 0);
	/* Raised it lets in the rest, lowered nothing until midnight. */
	assert_int_equal(take_all(&t, 7, MIDNIGHT + 8 * SECOND), 2);
	assert_int_equal(take_all(&t, 3, MIDNIGHT + 9 * SECOND), 0);
	tally_look(&t, 3, MIDNIGHT + 9 * SECOND, &s);
	assert_int_equal(s.left, 0);
	tally_look(&t, 10, MIDNIGHT + 9 * SECOND, &s);
	assert_int_equal(s.left, 3);
}

static void
test_midnight(void **state)
{
	static const struct {
		int64_t now;
		int64_t left, reset;
	} cases[] = {
		{ -1, 0, 1 }, { -SECOND, 0, 1 }, { -SECOND - 1, 0, 2 },
		{ 0, 5, 86400 }, { 1, 5, 86400 }, { SECOND, 5, 86399 },
		{ TALLY_DAY - 1, 5, 1 }, { TALLY_DAY, 5, 86400 },
		{ 40 * TALLY_DAY + 1, 5, 86400 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tally t = { .own = 0 };
		struct tally_state s;

		assert_int_equal(take_all(&t, 5, MIDNIGHT - 3600 * SECOND), 5);
		tally_look(&t, 5, MIDNIGHT + cases[i].now, &s);
		assert_int_equal(s.left, cases[i].left);
		assert_int_equal(s.reset, cases[i].reset);
	}
}

/* Threads bring requests of both sides of midnight in any order. */
static void
test_what_comes_late(void **state)
{
	struct tally t = { .own = 0 };
	struct tally_state s;

	(void)state;
	assert_int_equal(take_all(&t, 5, MIDNIGHT - 1), 5);
	assert_true(tally_take(&t, 5, MIDNIGHT, &s));
	assert_true(tally_take(&t, 5, MIDNIGHT - 1, &s));
	assert_int_equal(s.left, 3);
	assert_int_equal(s.reset, 86401);
	assert_true(tally_take(&t, 5, MIDNIGHT - TALLY_LATE, &s));
	assert_int_equal(s.left, 2);
	assert_int_equal(take_all(&t, 5, MIDNIGHT + 1), 2);
	/* A clock that was wrong by days does not cost the day. */
	assert_true(tally_take(&t, 5, MIDNIGHT - TALLY_LATE - 1, &s));
	assert_int_equal(s.left, 4);
}

static void
test_what_others_let_in(void **state)
{
	struct tally t = { .own = 0 };
	struct tally_state s;
	int64_t now = MIDNIGHT + SECOND;

	(void)state;
	tally_look(&t, 10, now, &s);
	tally_learn(&t, DAY, 4);
	tally_look(&t, 10, now, &s);
	assert_int_equal(s.left, 6);
	/* Our own come back: they are not counted twice. */
	for (int i = 0; i < 3; i++)
		assert_true(tally_take(&t, 10, now, &s));
	assert_int_equal(s.left, 3);
	for (int64_t counted = 0; counted <= 7; counted++)
		tally_learn(&t, DAY, counted);
	tally_look(&t, 10, now, &s);
	assert_int_equal(s.left, 3);
	tally_learn(&t, DAY, 8);
	tally_look(&t, 10, now, &s);
	assert_int_equal(s.left, 2);
	/* A count that is older, or was put back, proves nothing. */
	tally_learn(&t, DAY, 0);
	assert_int_equal(take_all(&t, 10, now), 2);
	tally_learn(&t, DAY, INT32_MAX);
	tally_look(&t, 10, now, &s);
	assert_int_equal(s.left, 0);
}

static void
test_counts_of_another_day(void **state)
{
	struct tally t = { .own = 0 };
	struct tally_state s;

	(void)state;
	tally_look(&t, 10, MIDNIGHT, &s);
	tally_learn(&t, DAY - 1, 9);
	tally_learn(&t, DAY + 1, 9);
	tally_look(&t, 10, MIDNIGHT, &s);
	assert_int_equal(s.left, 10);
	tally_learn(&t, DAY, 9);
	tally_look(&t, 10, MIDNIGHT + TALLY_DAY, &s);
	assert_int_equal(s.left, 10);
	assert_int_equal(tally_day(MIDNIGHT), DAY);
	assert_int_equal(tally_day(MIDNIGHT - 1), DAY - 1);
	assert_int_equal(tally_day(MIDNIGHT + TALLY_DAY - 1), DAY);
}

#define PROCESSES 3
#define QUOTA 500

/*
 * Processes that let a key in at random, ship what they let in some steps
 * later, and read the count now and then: none ever refuses before the quota
 * was let in, and together they let in too much at most what came within one
 * window in each of them.
 */
struct play {
	struct tally tallies[PROCESSES];
	int64_t let_in, counted, unshipped[PROCESSES];
	int64_t reached;	/* the step; 0: not yet */
	int64_t last[PROCESSES];	/* the step that each last let in */
};

static void
play_step(struct play *p, size_t count, int64_t step, uint64_t *seed)
{
	struct tally_state s;

	for (size_t i = 0; i < count; i++) {
		if (step % 20 == 3) {
			p->counted += p->unshipped[i];
			p->unshipped[i] = 0;
		}
		if (step % 20 == 10 + (int64_t)i)
			tally_learn(&p->tallies[i], DAY, p->counted);
		if (unit_next(seed) % 4 == 0)
			continue;
		if (!tally_take(&p->tallies[i], QUOTA, MIDNIGHT, &s)) {
			assert_true(p->let_in >= QUOTA);
			continue;
		}
		p->let_in++;
		p->unshipped[i]++;
		p->last[i] = step;
		if (p->let_in == QUOTA)
			p->reached = step;
	}
}

static void
test_the_bound(void **state)
{
	uint64_t seed = 12345;

	(void)state;
	for (size_t count = 1; count <= PROCESSES; count++) {
		struct play p = { .let_in = 0 };

		for (int64_t step = 1; step < 4000; step++)
			play_step(&p, count, step, &seed);
		assert_true(p.reached > 0);
		if (count == 1)
			assert_int_equal(p.let_in, QUOTA);
		/* 20 steps at most to be shipped, 20 to be read. */
		for (size_t i = 0; i < count; i++)
			assert_true(p.last[i] <= p.reached + 40);
		assert_true(p.let_in <= QUOTA + (int64_t)count * 40);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_quota_and_not_one_more),
		cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_what_comes_late),
		cmocka_unit_test(test_what_others_let_in),
		cmocka_unit_test(test_counts_of_another_day),
		cmocka_unit_test(test_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
