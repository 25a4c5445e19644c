/* SPDX-License-Identifier: ISC */
/* Connections: whose they are, who has to go, when to look [layer 7]. */
#include "unit.h"

#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "peer.h"

#define LIMIT 4
#define SPARE 2
#define NEVER INT64_MAX

static struct peer_table table;
static int epoll;
static int theirs[64];
static size_t opened;

static int
set_up(void **state)
{
	(void)state;
	opened = 0;
	epoll = epoll_create1(EPOLL_CLOEXEC);
	return peer_table_open(&table, epoll, LIMIT, SPARE) == ERR_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	peer_table_close(&table);
	while (opened > 0)
		(void)close(theirs[--opened]);
	return close(epoll);
}

/* A connection that came in at NOW; returns our end. */
static enum err
add(int64_t now, int64_t deadline)
{
	int pair[2];
	enum err err;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	theirs[opened++] = pair[1];
	if ((err = peer_add(&table, pair[0], now, deadline)) != ERR_OK)
		(void)close(pair[0]);
	return err;
}

/* The key of the next event, or UINT64_MAX if there is none within MS. */
static uint64_t
next_event(int ms, uint32_t *events)
{
	struct epoll_event event;

	if (epoll_wait(epoll, &event, 1, ms) != 1)
		return UINT64_MAX;
	if (events != NULL)
		*events = event.events;
	return event.data.u64;
}

static void
test_one_owner(void **state)
{
	uint64_t key;
	struct peer *p;

	(void)state;
	assert_int_equal(add(0, NEVER), ERR_OK);
	assert_int_equal(next_event(0, NULL), UINT64_MAX);
	assert_int_equal(send(theirs[0], "x", 1, 0), 1);
	key = next_event(1000, NULL);
	assert_true(key >= PEER_KEYS);
	p = peer_claim(&table, key, false);
	assert_non_null(p);
	assert_false(peer_hung_up(p));
	/* Nobody else gets it, whichever way. */
	assert_null(peer_take(&table, key & (PEER_KEYS - 1)));
	assert_true(peer_release(p));
	assert_ptr_equal(peer_take(&table, key & (PEER_KEYS - 1)), p);
	assert_true(peer_release(p));
	/* Unread bytes are told of once. */
	assert_int_equal(next_event(0, NULL), UINT64_MAX);
}

static void
test_news_are_kept_for_the_owner(void **state)
{
	uint64_t key;
	struct peer *p;

	(void)state;
	assert_int_equal(add(0, NEVER), ERR_OK);
	assert_int_equal(send(theirs[0], "x", 1, 0), 1);
	key = next_event(1000, NULL);
	p = peer_claim(&table, key, false);
	assert_non_null(p);
	assert_int_equal(send(theirs[0], "y", 1, 0), 1);
	assert_int_equal(next_event(1000, NULL), key);
	assert_null(peer_claim(&table, key, false));
	assert_null(peer_claim(&table, key, true));
	assert_false(peer_release(p));
	assert_true(peer_hung_up(p));
	assert_true(peer_release(p));
}

static void
test_events_of_the_past(void **state)
{
	uint64_t old, new;
	struct peer *p;

	(void)state;
	assert_int_equal(add(0, NEVER), ERR_OK);
	assert_int_equal(send(theirs[0], "x", 1, 0), 1);
	old = next_event(1000, NULL);
	p = peer_claim(&table, old, false);
	assert_non_null(p);
	peer_close(&table, p);
	assert_null(peer_claim(&table, old, true));
	assert_null(peer_take(&table, old & (PEER_KEYS - 1)));
	/* The same place, another connection. */
	assert_int_equal(add(0, NEVER), ERR_OK);
	assert_null(peer_claim(&table, old, true));
	assert_int_equal(send(theirs[1], "x", 1, 0), 1);
	new = next_event(1000, NULL);
	assert_int_equal(new & (PEER_KEYS - 1), old & (PEER_KEYS - 1));
	assert_int_not_equal(new, old);
	p = peer_claim(&table, new, false);
	assert_non_null(p);
	assert_false(peer_hung_up(p));
}

static void
test_generations_never_become_ours(void **state)
{
	struct peer *p;
	uint64_t key;

	(void)state;
	assert_int_equal(add(0, NEVER), ERR_OK);
	assert_int_equal(send(theirs[0], "x", 1, 0), 1);
	p = peer_claim(&table, next_event(1000, NULL), false);
	assert_non_null(p);
	/* The last generation there is. */
	atomic_fetch_or(&p->word, UINT64_C(0xffffffff) << 32);
	peer_close(&table, p);
	assert_int_equal(add(0, NEVER), ERR_OK);
	assert_int_equal(send(theirs[1], "x", 1, 0), 1);
	key = next_event(1000, NULL);
	assert_true(key >= PEER_KEYS);
	assert_non_null(peer_claim(&table, key, false));
}

static void
test_room(void **state)
{
	(void)state;
	for (int i = 0; i < LIMIT + SPARE; i++) {
		assert_int_equal(peer_is_full(&table), i >= LIMIT);
		assert_int_equal(add(0, NEVER), ERR_OK);
	}
	assert_int_equal(add(0, NEVER), ERR_OVERLOADED);
	assert_int_equal(atomic_load(&table.used), LIMIT + SPARE);
}

/* Whether the server has closed connection NUMBER. */
static bool
is_gone(size_t number)
{
	char byte;

	return recv(theirs[number], &byte, 1, MSG_DONTWAIT) == 0;
}

static void
test_who_has_to_go(void **state)
{
	struct peer *busy;

	(void)state;
	assert_int_equal(add(1000, NEVER), ERR_OK);	/* slow */
	assert_int_equal(add(1500, 0), ERR_OK);		/* idle */
	assert_int_equal(add(1400, 0), ERR_OK);		/* idle longest */
	assert_int_equal(add(1900, NEVER), ERR_OK);	/* young */
	assert_true(peer_evict(&table, 2000));
	assert_true(is_gone(2));
	assert_true(peer_evict(&table, 2000));
	assert_true(is_gone(1));
	assert_true(peer_evict(&table, 2000));
	assert_true(is_gone(0));
	assert_false(peer_evict(&table, 2000));
	assert_false(is_gone(3));
	/* Never one that is being answered. */
	assert_int_equal(add(0, 0), ERR_OK);
	for (size_t i = 0; (busy = peer_take(&table, i)) == NULL ||
	    atomic_load(&busy->deadline) != 0; i++)
		if (busy != NULL)
			assert_true(peer_release(busy));
	assert_false(peer_evict(&table, 2000));
	assert_true(peer_release(busy));
	assert_true(peer_evict(&table, 2000));
	assert_true(is_gone(4));
}

static void
test_hang_up(void **state)
{
	uint32_t events = 0;

	(void)state;
	assert_int_equal(add(0, NEVER), ERR_OK);
	assert_int_equal(shutdown(theirs[0], SHUT_WR), 0);
	assert_true(next_event(1000, &events) >= PEER_KEYS);
	assert_true((events & EPOLLRDHUP) != 0);
}

static void
test_timer(void **state)
{
	(void)state;
	/* Nothing has a deadline: it never goes off. */
	assert_int_equal(next_event(50, NULL), UINT64_MAX);
	peer_wake_by(&table, 0);
	assert_int_equal(next_event(1000, NULL), PEER_TIMER);
	peer_woken(&table);
	peer_wake_next(&table);
	assert_int_equal(next_event(50, NULL), UINT64_MAX);
	/* Long past: at once, and again until it is dealt with. */
	assert_int_equal(add(0, 1), ERR_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(next_event(1000, NULL), PEER_TIMER);
		peer_woken(&table);
		peer_wake_next(&table);
	}
	peer_set_deadline(&table, &table.peers[0], 0);
	(void)next_event(100, NULL);
	peer_woken(&table);
	peer_wake_next(&table);
	assert_int_equal(next_event(50, NULL), UINT64_MAX);
}

static void
test_earlier_wake_counts(void **state)
{
	(void)state;
	assert_int_equal(add(0, NEVER / 2), ERR_OK);
	assert_int_equal(next_event(30, NULL), UINT64_MAX);
	assert_int_equal(add(0, 1), ERR_OK);
	assert_int_equal(next_event(1000, NULL), PEER_TIMER);
}

/* After an answer: kept, or closed for one of three reasons. */
static void
test_answered(void **state)
{
	static const struct {
		bool sent, keep, hangs_up;
	} rows[] = {
		{ true, true, false },
		{ false, true, false },
		{ true, false, false },
		{ true, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct peer *p;
		uint64_t key;
		bool kept = i == 0;

		assert_int_equal(add(0, NEVER), ERR_OK);
		assert_int_equal(send(theirs[i], "x", 1, 0), 1);
		key = next_event(1000, NULL);
		p = peer_claim(&table, key, rows[i].hangs_up);
		assert_non_null(p);
		p->keep = rows[i].keep;
		assert_true(peer_answered(&table, p, rows[i].sent) == kept);
		assert_int_equal(atomic_load(&table.used), kept);
		if (kept) {
			assert_int_equal(p->served, 1);
			assert_true(atomic_load(&p->since) > 0);
			assert_true(peer_release(p));
		}
		/* Closed for the other end, too. */
		assert_int_equal(send(theirs[i], "x", 1, MSG_NOSIGNAL),
		    kept ? 1 : -1);
		if (kept) {
			assert_non_null(peer_claim(&table, key, false));
			peer_close(&table, p);
		}
		assert_int_equal(atomic_load(&table.used), 0);
	}
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_one_owner),
		CASE(test_news_are_kept_for_the_owner),
		CASE(test_events_of_the_past),
		CASE(test_generations_never_become_ours),
		CASE(test_room),
		CASE(test_who_has_to_go),
		CASE(test_hang_up),
		CASE(test_timer),
		CASE(test_earlier_wake_counts),
		CASE(test_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
