/* SPDX-License-Identifier: ISC */
/*
 * verifier_test: what one process does when: walks through the protocol, an
 * event and the time for each step and what is to be done then.
 */
#include "unit.h"

#include "verifier.h"

#define T 10000000		/* the lease */
#define P 77			/* the database */

struct walk_step {
	struct verifier_event event;
	int64_t now;
	struct verifier_action expect;
};

#define DONE { .what = VERIFIER_DONE }
#define LOST { .what = VERIFIER_LOST }
#define TIME { .what = VERIFIER_TIME }
#define GONE { .what = VERIFIER_GONE }
#define STOP { .what = VERIFIER_STOP }
#define NOTIFIED { .what = VERIFIER_NOTIFIED }
#define HEAD(n, p) { .what = VERIFIER_ANSWERED, .seq = (n), .place = (p) }
#define TURN(n) { .what = VERIFIER_ANSWERED, .turn = (n) }
#define READ(n, c) { .what = VERIFIER_CHANGES, .seq = (n), .count = (c), \
	.complete = true }
#define TO(w, ...) { .what = VERIFIER_ ## w, ##__VA_ARGS__ }

/* Registered at 1000 with change 5; the next renewal is due at 1000 + T/4. */
static const struct walk_step walk_registering[] = {
	{ DONE, 900, TO(LISTEN) },
	{ DONE, 910, TO(ECHO, .until = 910 + VERIFIER_ECHO_MAX) },
	{ DONE, 920, TO(CLOSE_PAGE) },
	{ DONE, 930, TO(ENROL) },
	{ HEAD(5, P), 940, TO(OPEN_PAGE, .seq = 5, .place = P) },
	{ TURN(2), 950, TO(DRAIN, .turn = 2) },
	/* Nothing was in flight: the first renewal says so. */
	{ DONE, 1000, TO(RENEW, .seq = 5, .place = P) },
	{ HEAD(5, P), 1020, TO(LEASE, .until = 1000 + T) },
	{ DONE, 1030, TO(WAIT, .until = 1000 + T / 4) },
};

static void
walk_on(struct verifier *v, const struct walk_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct verifier_action got = verifier_step(v, &steps[i].event,
		    steps[i].now);
		const struct verifier_action *expect = &steps[i].expect;

		if (got.what != expect->what || got.seq != expect->seq ||
		    got.until != expect->until || got.turn != expect->turn ||
		    got.place != expect->place || got.index != expect->index)
			fail_msg("step %zu: got %d, seq %lld, until %lld, "
			    "turn %llu, place %llu, index %zu", i, got.what,
			    (long long)got.seq, (long long)got.until,
			    (unsigned long long)got.turn,
			    (unsigned long long)got.place, got.index);
	}
}

#define WALK(v, steps) walk_on(v, steps, ARRAY_LEN(steps))

static struct verifier
registered(void)
{
	struct verifier v;

	assert_int_equal(verifier_start(&v, T).what, VERIFIER_CONNECT);
	WALK(&v, walk_registering);
	return v;
}

static void
test_registering(void **state)
{
	struct verifier v = registered();

	(void)state;
	assert_false(v.deaf);
	assert_int_equal(v.acked, 5);
}

static void
test_deaf(void **state)
{
	static const struct walk_step steps[] = {
		{ DONE, 900, TO(LISTEN) },
		{ DONE, 910, TO(ECHO, .until = 910 + VERIFIER_ECHO_MAX) },
		{ TIME, 1000910, TO(CLOSE_PAGE) },
	};
	struct verifier v;

	(void)state;
	(void)verifier_start(&v, T);
	WALK(&v, steps);
	assert_true(v.deaf);
}

static void
test_renewing(void **state)
{
	static const struct walk_step steps[] = {
		{ TIME, 2501000, TO(RENEW, .seq = 5, .place = P) },
		{ HEAD(5, P), 2501500, TO(LEASE, .until = 2501000 + T) },
		{ DONE, 2501510, TO(WAIT, .until = 2501000 + T / 4) },
		/* Too early: nothing is due. */
		{ TIME, 2501520, TO(WAIT, .until = 2501000 + T / 4) },
		/* It tells of 7: two changes, read with an eighth. */
		{ TIME, 5001000, TO(RENEW, .seq = 5, .place = P) },
		{ HEAD(7, P), 5001100, TO(READ, .seq = 5) },
		{ READ(8, 2), 5001200, TO(TOUCH, .index = 0) },
		{ DONE, 5001210, TO(TOUCH, .index = 1) },
		{ DONE, 5001220, TO(APPLY, .seq = 8) },
		/* The lease last, and from before it was asked for. */
		{ TURN(3), 5001230, TO(LEASE, .until = 5001000 + T) },
		{ DONE, 5001240, TO(DRAIN, .turn = 3) },
		{ DONE, 5001250, TO(ACK, .seq = 8) },
		{ DONE, 5001300, TO(WAIT, .until = 5001000 + T / 4) },
	};
	struct verifier v = registered();

	(void)state;
	WALK(&v, steps);
}

static void
test_notified(void **state)
{
	static const struct walk_step steps[] = {
		{ NOTIFIED, 2000, TO(READ, .seq = 5) },
		{ READ(6, 1), 2100, TO(TOUCH, .index = 0) },
		{ DONE, 2110, TO(APPLY, .seq = 6) },
		/* No lease: it was no renewal. */
		{ TURN(3), 2120, TO(DRAIN, .turn = 3) },
		{ DONE, 2130, TO(ACK, .seq = 6) },
		{ DONE, 2140, TO(WAIT, .until = 1000 + T / 4) },
		/* It is but a hint. */
		{ NOTIFIED, 2200, TO(READ, .seq = 6) },
		{ READ(6, 0), 2210, TO(WAIT, .until = 1000 + T / 4) },
		/* A flood of them does not keep it from its lease. */
		{ NOTIFIED, 1000 + T / 4, TO(RENEW, .seq = 6, .place = P) },
	};
	struct verifier v = registered();

	(void)state;
	WALK(&v, steps);
}

static void
test_too_many_changes(void **state)
{
	static const struct walk_step steps[] = {
		{ NOTIFIED, 2000, TO(READ, .seq = 5) },
		{ { .what = VERIFIER_CHANGES, .seq = 3000, .count = 1000 },
		    2100, TO(TOUCH_ALL, .seq = 3000) },
		{ DONE, 2110, TO(APPLY, .seq = 3000) },
	};
	struct verifier v = registered();

	(void)state;
	WALK(&v, steps);
}

static void
test_draining(void **state)
{
	static const struct walk_step steps[] = {
		{ NOTIFIED, 2000, TO(READ, .seq = 5) },
		{ READ(6, 0), 2100, TO(APPLY, .seq = 6) },
		{ TURN(3), 2120, TO(DRAIN, .turn = 3) },
		/* Somebody is in flight. */
		{ TIME, 2130, TO(WAIT, .until = 2130 + VERIFIER_DRAIN_STEP) },
		{ TIME, 2380, TO(DRAIN, .turn = 3) },
		{ TIME, 2390, TO(WAIT, .until = 2390 + VERIFIER_DRAIN_STEP) },
		/* A change meanwhile is the next goal, not this one. */
		{ NOTIFIED, 2400, TO(READ, .seq = 6) },
		{ READ(7, 0), 2410, TO(APPLY, .seq = 7) },
		{ TURN(4), 2420, TO(DRAIN, .turn = 3) },
		{ DONE, 2430, TO(ACK, .seq = 6) },
		{ DONE, 2440, TO(DRAIN, .turn = 4) },
		/* A renewal acknowledges what is drained, too. */
		{ TIME, 2450, TO(WAIT, .until = 2450 + VERIFIER_DRAIN_STEP) },
		{ TIME, 2501000, TO(RENEW, .seq = 6, .place = P) },
		{ HEAD(7, P), 2501100, TO(LEASE, .until = 2501000 + T) },
		/* It was given up; that begins anew with each renewal. */
		{ DONE, 2501110, TO(DRAIN, .turn = 4) },
		{ TIME, 2701110, TO(WAIT, .until = 2501000 + T / 4) },
		{ TIME, 5001000, TO(RENEW, .seq = 6, .place = P) },
		{ HEAD(7, P), 5001100, TO(LEASE, .until = 5001000 + T) },
		{ DONE, 5001110, TO(DRAIN, .turn = 4) },
		{ DONE, 5001120, TO(ACK, .seq = 7) },
		{ DONE, 5001130, TO(WAIT, .until = 5001000 + T / 4) },
	};
	struct verifier v = registered();

	(void)state;
	WALK(&v, steps);
}

/* The lease stays, the row is renewed when the connection stands again. */
static void
test_lost(void **state)
{
	static const struct walk_step steps[] = {
		{ LOST, 2000, TO(CONNECT) },
		{ LOST, 2010, TO(WAIT, .until = 2010 + VERIFIER_RETRY) },
		{ TIME, 202010, TO(CONNECT) },
		{ LOST, 202020, TO(WAIT, .until = 202020 + VERIFIER_RETRY) },
		{ TIME, 402020, TO(CONNECT) },
		{ DONE, 402030, TO(LISTEN) },
		{ DONE, 402040, TO(ECHO,
		    .until = 402040 + VERIFIER_ECHO_MAX) },
		{ DONE, 402050, TO(RENEW, .seq = 5, .place = P) },
		/* Lost between the renewal and its changes: no lease. */
		{ HEAD(6, P), 402060, TO(READ, .seq = 5) },
		{ LOST, 402070, TO(CONNECT) },
		{ DONE, 402080, TO(LISTEN) },
		{ DONE, 402090, TO(ECHO,
		    .until = 402090 + VERIFIER_ECHO_MAX) },
		{ DONE, 402100, TO(RENEW, .seq = 5, .place = P) },
		{ HEAD(6, P), 402110, TO(READ, .seq = 5) },
		{ READ(6, 0), 402120, TO(APPLY, .seq = 6) },
		{ TURN(3), 402130, TO(LEASE, .until = 402100 + T) },
	};
	struct verifier v = registered();

	(void)state;
	WALK(&v, steps);
}

/* Each of these is no renewal of what is cached. */
static void
test_registering_anew(void **state)
{
	static const struct verifier_event why[] = {
		GONE, HEAD(4, P), HEAD(5, P + 1), HEAD(6, P + 1),
	};
	static const struct walk_step due[] = {
		{ TIME, 2501000, TO(RENEW, .seq = 5, .place = P) },
	};
	static const struct walk_step anew[] = {
		{ DONE, 2501210, TO(ENROL) },
		{ HEAD(4, P + 1), 2501220, TO(OPEN_PAGE, .seq = 4,
		    .place = P + 1) },
		{ TURN(3), 2501230, TO(DRAIN, .turn = 3) },
		/* Somebody is in flight: nothing is acknowledged yet. */
		{ TIME, 2501240, TO(RENEW, .seq = 0, .place = P + 1) },
		{ HEAD(4, P + 1), 2501250, TO(LEASE, .until = 2501240 + T) },
		{ DONE, 2501260, TO(DRAIN, .turn = 3) },
		{ DONE, 2501270, TO(ACK, .seq = 4) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(why); i++) {
		struct verifier v = registered();
		struct walk_step close = { why[i], 2501200, TO(CLOSE_PAGE) };

		WALK(&v, due);
		walk_on(&v, &close, 1);
		WALK(&v, anew);
	}
}

/* The list of changes cannot be of before the renewal that told of them. */
static void
test_going_back(void **state)
{
	static const struct walk_step steps[] = {
		{ TIME, 2501000, TO(RENEW, .seq = 5, .place = P) },
		{ HEAD(9, P), 2501100, TO(READ, .seq = 5) },
		{ READ(8, 1), 2501200, TO(CLOSE_PAGE) },
	};
	static const struct walk_step notified[] = {
		{ NOTIFIED, 2000, TO(READ, .seq = 5) },
		{ READ(4, 0), 2100, TO(CLOSE_PAGE) },
	};
	struct verifier v = registered(), w = registered();

	(void)state;
	WALK(&v, steps);
	WALK(&w, notified);
}

/* The row is there, perhaps, but the page was never opened. */
static void
test_enrolled_unheard(void **state)
{
	static const struct walk_step steps[] = {
		{ TIME, 2501000, TO(RENEW, .seq = 5, .place = P) },
		{ GONE, 2501100, TO(CLOSE_PAGE) },
		{ DONE, 2501110, TO(ENROL) },
		{ LOST, 2501120, TO(CONNECT) },
		{ DONE, 2501130, TO(LISTEN) },
		{ DONE, 2501140, TO(ECHO,
		    .until = 2501140 + VERIFIER_ECHO_MAX) },
		{ DONE, 2501150, TO(CLOSE_PAGE) },
		{ DONE, 2501160, TO(ENROL) },
		/* And a stop has a row to take away. */
		{ STOP, 2501170, TO(CLOSE_PAGE) },
		{ DONE, 2501180, TO(APPLY, .seq = 5) },
		{ TURN(3), 2501190, TO(DRAIN, .turn = 3) },
		{ DONE, 2501200, TO(LEAVE) },
		{ DONE, 2501210, TO(END) },
	};
	struct verifier v = registered();

	(void)state;
	WALK(&v, steps);
}

static void
test_stopping(void **state)
{
	static const struct walk_step clean[] = {
		{ STOP, 2000, TO(CLOSE_PAGE) },
		{ DONE, 2010, TO(APPLY, .seq = 5) },
		{ TURN(3), 2020, TO(DRAIN, .turn = 3) },
		{ DONE, 2030, TO(LEAVE) },
		{ DONE, 2040, TO(END) },
	};
	/* Whoever is in flight must be waited for: the row stays. */
	static const struct walk_step busy[] = {
		{ STOP, 2000, TO(CLOSE_PAGE) },
		{ DONE, 2010, TO(APPLY, .seq = 5) },
		{ TURN(3), 2020, TO(DRAIN, .turn = 3) },
		{ TIME, 2030, TO(END) },
	};
	static const struct walk_step lost[] = {
		{ STOP, 2000, TO(CLOSE_PAGE) },
		{ DONE, 2010, TO(APPLY, .seq = 5) },
		{ TURN(3), 2020, TO(DRAIN, .turn = 3) },
		{ DONE, 2030, TO(LEAVE) },
		{ LOST, 2040, TO(END) },
	};
	static const struct walk_step unconnected[] = {
		{ LOST, 2000, TO(CONNECT) },
		{ STOP, 2010, TO(END) },
	};
	struct verifier v = registered(), w = v, x = v, y = v, z;

	(void)state;
	WALK(&v, clean);
	WALK(&w, busy);
	WALK(&x, lost);
	WALK(&y, unconnected);
	(void)verifier_start(&z, T);
	walk_on(&z, unconnected + 1, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registering),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_renewing),
		cmocka_unit_test(test_notified),
		cmocka_unit_test(test_too_many_changes),
		cmocka_unit_test(test_draining),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_registering_anew),
		cmocka_unit_test(test_going_back),
		cmocka_unit_test(test_enrolled_unheard),
		cmocka_unit_test(test_stopping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
