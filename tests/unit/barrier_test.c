/* SPDX-License-Identifier: ISC */
/*
 * barrier_test: who takes rights away waits for those that have not
 * acknowledged it, no longer than their limits, and buries who was silent for
 * that long.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "barrier.h"

#define LIMIT 12170000		/* of 10 s and 2 s */

static struct barrier barrier;
static struct barrier_verdict verdict;

static struct barrier_row
row(unsigned int id, int64_t renewals, int64_t limit)
{
	struct barrier_row made = { .renewals = renewals, .limit = limit };

	(void)snprintf(made.id, sizeof(made.id), "%032x", id);
	return made;
}

/* What is done at NOW when only ONE has not acknowledged; 0: nobody. */
static enum barrier_state
look(unsigned int one, int64_t renewals, int64_t now)
{
	struct barrier_row rows[] = { row(one, renewals, LIMIT) };

	barrier_step(&barrier, rows, one != 0, now, &verdict);
	return verdict.state;
}

static void
test_limit(void **state)
{
	(void)state;
	assert_int_equal(barrier_limit(10000000, 2000000), LIMIT);
	/* The web server's clock drifts, too. */
	assert_int_equal(barrier_limit(10000000, 60000000), 70750000);
	assert_int_equal(barrier_limit(1000, 1000), 52020);
}

static void
test_nobody(void **state)
{
	(void)state;
	barrier_begin(&barrier, INT64_MAX);
	assert_int_equal(look(0, 0, 1000), BARRIER_CONFIRMED);
	assert_int_equal(verdict.dead_count, 0);
}

static void
test_acknowledged(void **state)
{
	(void)state;
	barrier_begin(&barrier, INT64_MAX);
	assert_int_equal(look(1, 3, 1000), BARRIER_WAIT);
	assert_int_equal(verdict.until, 1500);
	assert_int_equal(verdict.certain, 1000 + LIMIT);
	assert_int_equal(look(1, 4, 1600), BARRIER_WAIT);
	assert_int_equal(verdict.until, 2100);
	assert_int_equal(look(0, 0, 2200), BARRIER_CONFIRMED);
}

/* A tenth of what has passed, 20 ms at most, and the end is not missed. */
static void
test_pauses(void **state)
{
	(void)state;
	barrier_begin(&barrier, INT64_MAX);
	assert_int_equal(look(1, 3, 0), BARRIER_WAIT);
	assert_int_equal(look(1, 3, 100000), BARRIER_WAIT);
	assert_int_equal(verdict.until, 110000);
	assert_int_equal(look(1, 3, 1000000), BARRIER_WAIT);
	assert_int_equal(verdict.until, 1020000);
	assert_int_equal(look(1, 3, LIMIT - 100), BARRIER_WAIT);
	assert_int_equal(verdict.until, LIMIT + 1);
	assert_int_equal(look(1, 3, LIMIT), BARRIER_WAIT);
	assert_int_equal(verdict.until, LIMIT + 1);
	assert_int_equal(look(1, 3, LIMIT + 1), BARRIER_CONFIRMED);
}

static void
test_burying(void **state)
{
	(void)state;
	barrier_begin(&barrier, INT64_MAX);
	assert_int_equal(look(1, 3, 1000), BARRIER_WAIT);
	assert_int_equal(look(1, 3, 1000 + LIMIT), BARRIER_WAIT);
	assert_int_equal(verdict.dead_count, 0);
	assert_int_equal(look(1, 3, 1001 + LIMIT), BARRIER_CONFIRMED);
	assert_int_equal(verdict.dead_count, 1);
	assert_string_equal(verdict.dead[0]->id, row(1, 0, 0).id);
	assert_int_equal(verdict.dead[0]->renewals, 3);
}

/* It renews, and never acknowledges: it is passed, and lives. */
static void
test_renewing(void **state)
{
	(void)state;
	barrier_begin(&barrier, INT64_MAX);
	assert_int_equal(look(1, 3, 0), BARRIER_WAIT);
	assert_int_equal(look(1, 4, 2500000), BARRIER_WAIT);
	assert_int_equal(look(1, 4, LIMIT + 1), BARRIER_CONFIRMED);
	assert_int_equal(verdict.dead_count, 0);
}

/* One that was first seen a moment ago was perhaps renewed then. */
static void
test_late_first_look(void **state)
{
	struct barrier_row rows[] = { row(1, 3, 1000), row(2, 3, 1000) };

	(void)state;
	barrier_begin(&barrier, INT64_MAX);
	barrier_step(&barrier, rows, 1, 50000, &verdict);
	assert_int_equal(verdict.state, BARRIER_WAIT);
	barrier_step(&barrier, rows, 2, 50900, &verdict);
	assert_int_equal(verdict.state, BARRIER_WAIT);
	barrier_step(&barrier, rows, 2, 51001, &verdict);
	assert_int_equal(verdict.state, BARRIER_CONFIRMED);
	assert_int_equal(verdict.dead_count, 1);
	assert_string_equal(verdict.dead[0]->id, rows[0].id);
}

static void
test_deadline(void **state)
{
	(void)state;
	barrier_begin(&barrier, 5000);
	assert_int_equal(look(1, 3, 1000), BARRIER_WAIT);
	assert_int_equal(look(1, 3, 4800), BARRIER_WAIT);
	assert_int_equal(verdict.until, 5000);
	assert_int_equal(look(1, 3, 5000), BARRIER_LATE);
	assert_int_equal(verdict.certain, 1000 + LIMIT);
	/* True is true, however late. */
	assert_int_equal(look(0, 0, 6000), BARRIER_CONFIRMED);
}

/* Each by its own limit, and all of them have to be over. */
static void
test_limits_differ(void **state)
{
	struct barrier_row rows[] = { row(1, 0, 9000), row(2, 0, 3000) };

	(void)state;
	barrier_begin(&barrier, INT64_MAX);
	barrier_step(&barrier, rows, 2, 100, &verdict);
	assert_int_equal(verdict.certain, 9100);
	barrier_step(&barrier, rows, 2, 3101, &verdict);
	assert_int_equal(verdict.state, BARRIER_WAIT);
	assert_int_equal(verdict.dead_count, 1);
	assert_string_equal(verdict.dead[0]->id, rows[1].id);
	barrier_step(&barrier, rows, 1, 9101, &verdict);
	assert_int_equal(verdict.state, BARRIER_CONFIRMED);
	assert_int_equal(verdict.dead_count, 1);
}

/* Those that there was no room for are waited for by time alone. */
static void
test_many(void **state)
{
	static struct barrier_row rows[BARRIER_MAX];

	(void)state;
	barrier_begin(&barrier, INT64_MAX);
	for (unsigned int i = 0; i < BARRIER_MAX; i++)
		rows[i] = row(i, 0, LIMIT);
	barrier_step(&barrier, rows, BARRIER_MAX, 0, &verdict);
	assert_int_equal(verdict.state, BARRIER_WAIT);
	assert_int_equal(barrier.count, BARRIER_MAX);
	/* Half of them acknowledge, others come to light. */
	for (unsigned int i = 0; i < BARRIER_MAX / 2; i++)
		rows[i] = row(BARRIER_MAX + i, 0, LIMIT);
	barrier_step(&barrier, rows, BARRIER_MAX, LIMIT, &verdict);
	assert_int_equal(verdict.state, BARRIER_WAIT);
	barrier_step(&barrier, rows, BARRIER_MAX, 2 * LIMIT, &verdict);
	assert_int_equal(verdict.state, BARRIER_CONFIRMED);
	assert_int_equal(verdict.dead_count, BARRIER_MAX / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_acknowledged),
		cmocka_unit_test(test_pauses),
		cmocka_unit_test(test_burying),
		cmocka_unit_test(test_renewing),
		cmocka_unit_test(test_late_first_look),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_limits_differ),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
