/* SPDX-License-Identifier: ISC */
#include "peer.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "clock.h"

#define PEER_EVENTS (EPOLLIN | EPOLLRDHUP | EPOLLET)

/* Bits of a peer's word. */
#define PEER_OPEN UINT64_C(1)		/* there is a connection */
#define PEER_OWNED UINT64_C(2)		/* a thread is busy with it */
#define PEER_NEWS UINT64_C(4)		/* an event came meanwhile */
#define PEER_HANGUP UINT64_C(8)		/* the peer will send no more */
#define PEER_GENERATION(word) ((word) >> 32)

/* Deadlines are kept to this, so that many make no storm of wakes; ms. */
#define PEER_GRAIN 20

/*
 * One that has not sent its whole request after this (ms) may be evicted; a
 * web server sends at once, so it is not one that only waits for its turn.
 */
#define PEER_SLOW 250

enum err
peer_table_open(struct peer_table *t, int epoll, size_t limit, size_t spare)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLET,
		.data.u64 = PEER_TIMER,
	};

	*t = (struct peer_table){
		.size = limit + spare,
		.limit = limit,
		.epoll = epoll,
		.timer = -1,
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	t->peers = calloc(t->size, sizeof(*t->peers));
	t->free = calloc(t->size, sizeof(*t->free));
	if (t->peers == NULL || t->free == NULL) {
		peer_table_close(t);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < t->size; i++) {
		t->peers[i].fd = -1;
		atomic_store(&t->peers[i].word, PEER_KEYS);
		t->free[t->free_count++] = (uint32_t)(t->size - 1 - i);
	}
	t->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (t->timer < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, t->timer, &event) != 0) {
		peer_table_close(t);
		return ERR_SYSTEM;
	}
	return ERR_OK;
}

void
peer_table_close(struct peer_table *t)
{
	for (size_t i = 0; t->peers != NULL && i < t->size; i++)
		base_close(&t->peers[i].fd);
	free(t->peers);
	free(t->free);
	t->peers = NULL;
	t->free = NULL;
	base_close(&t->timer);
	(void)pthread_mutex_destroy(&t->lock);
}

/* The key of the connection to give up, or 0. */
static uint64_t
peer_victim(struct peer_table *t, int64_t now)
{
	uint64_t idle = 0, slow = 0;
	int64_t idle_since = INT64_MAX, slow_since = now - PEER_SLOW;

	for (size_t i = 0; i < t->size; i++) {
		struct peer *p = &t->peers[i];
		uint64_t word = atomic_load(&p->word);
		int64_t since = atomic_load(&p->since);
		uint64_t key = (word & ~(PEER_KEYS - 1)) | i;

		if ((word & PEER_OPEN) == 0 || (word & PEER_OWNED) != 0)
			continue;
		if (atomic_load(&p->deadline) == 0) {
			if (since < idle_since) {
				idle = key;
				idle_since = since;
			}
		} else if (since < slow_since) {
			slow = key;
			slow_since = since;
		}
	}
	return idle != 0 ? idle : slow;
}

bool
peer_is_full(const struct peer_table *t)
{
	return atomic_load(&t->used) >= t->limit;
}

bool
peer_evict(struct peer_table *t, int64_t now)
{
	struct peer *p;
	uint64_t key;

	if ((key = peer_victim(t, now)) == 0)
		return false;
	/* Somebody may be quicker: it is not idle then. */
	if ((p = peer_claim(t, key, false)) == NULL)
		return false;
	peer_close(t, p);
	return true;
}

/* A place for a connection, or NULL. */
static struct peer *
peer_place(struct peer_table *t)
{
	struct peer *p = NULL;

	(void)pthread_mutex_lock(&t->lock);
	if (t->free_count > 0)
		p = &t->peers[t->free[--t->free_count]];
	(void)pthread_mutex_unlock(&t->lock);
	return p;
}

/* Empties the owned place P; its descriptor is closed or somebody else's. */
static void
peer_vacate(struct peer_table *t, struct peer *p)
{
	uint64_t next = PEER_GENERATION(atomic_load(&p->word)) + 1;

	p->fd = -1;
	/* Generation 0 would be taken for one of the server's own keys. */
	if (next > UINT32_MAX)
		next = 1;
	atomic_store(&p->word, next << 32);
	(void)pthread_mutex_lock(&t->lock);
	t->free[t->free_count++] = (uint32_t)(p - t->peers);
	(void)pthread_mutex_unlock(&t->lock);
	atomic_fetch_sub(&t->used, 1);
}

enum err
peer_add(struct peer_table *t, int fd, int64_t now, int64_t deadline)
{
	struct epoll_event event = { .events = PEER_EVENTS };
	struct peer *p = peer_place(t);
	uint64_t generation;

	if (p == NULL)
		return ERR_OVERLOADED;
	atomic_fetch_add(&t->used, 1);
	generation = atomic_load(&p->word) & ~(PEER_KEYS - 1);
	p->fd = fd;
	p->need = 0;
	p->served = 0;
	atomic_store(&p->since, now);
	atomic_store(&p->deadline, deadline);
	/* From here on others may see it, from the next call its events. */
	atomic_store(&p->word, generation | PEER_OPEN);
	event.data.u64 = generation | (uint64_t)(p - t->peers);
	if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, fd, &event) == 0) {
		peer_wake_by(t, deadline);
		return ERR_OK;
	}
	/* A sweep may have it in hand, and closes it when its time is up. */
	if (peer_claim(t, event.data.u64, false) == NULL)
		return ERR_OK;
	peer_vacate(t, p);
	return ERR_SYSTEM;
}

/* Marks P as owned, or, if it is already, BITS for its owner. */
static bool
peer_own(struct peer *p, uint64_t generation, uint64_t bits)
{
	uint64_t word = atomic_load(&p->word), next;

	do {
		if (PEER_GENERATION(word) != generation ||
		    (word & PEER_OPEN) == 0)
			return false;
		next = word | bits |
		    ((word & PEER_OWNED) != 0 ? PEER_NEWS : PEER_OWNED);
	} while (!atomic_compare_exchange_weak(&p->word, &word, next));
	return (word & PEER_OWNED) == 0;
}

struct peer *
peer_claim(struct peer_table *t, uint64_t key, bool hangup)
{
	struct peer *p = &t->peers[key & (PEER_KEYS - 1)];

	if (!peer_own(p, PEER_GENERATION(key), hangup ? PEER_HANGUP : 0))
		return NULL;
	return p;
}

struct peer *
peer_take(struct peer_table *t, size_t place)
{
	struct peer *p = &t->peers[place];
	uint64_t word = atomic_load(&p->word);

	do {
		if ((word & PEER_OPEN) == 0 || (word & PEER_OWNED) != 0)
			return NULL;
	} while (!atomic_compare_exchange_weak(&p->word, &word,
	    word | PEER_OWNED));
	return p;
}

bool
peer_release(struct peer *p)
{
	uint64_t word = atomic_load(&p->word), next;

	do {
		next = (word & PEER_NEWS) != 0 ? word & ~PEER_NEWS :
		    word & ~PEER_OWNED;
	} while (!atomic_compare_exchange_weak(&p->word, &word, next));
	return (word & PEER_NEWS) == 0;
}

void
peer_close(struct peer_table *t, struct peer *p)
{
	base_close(&p->fd);
	peer_vacate(t, p);
}

bool
peer_answered(struct peer_table *t, struct peer *p, bool sent)
{
	p->served++;
	atomic_store(&p->since, clock_mono_ms());
	if (sent && p->keep && !peer_hung_up(p))
		return true;
	peer_close(t, p);
	return false;
}

bool
peer_hung_up(const struct peer *p)
{
	return (atomic_load(&p->word) & PEER_HANGUP) != 0;
}

void
peer_set_deadline(struct peer_table *t, struct peer *p, int64_t deadline)
{
	atomic_store(&p->deadline, deadline);
	if (deadline != 0)
		peer_wake_by(t, deadline);
}

/* Sets the timer; the table is locked. */
static void
peer_arm(struct peer_table *t, int64_t when)
{
	struct itimerspec spec = {
		.it_value = {
			.tv_sec = (time_t)(when / 1000),
			.tv_nsec = (long)(when % 1000) * 1000000,
		},
	};

	atomic_store(&t->wake, when);
	/* It can fail for a bad descriptor or time only: neither is. */
	if (timerfd_settime(t->timer, TFD_TIMER_ABSTIME, &spec, NULL) != 0)
		abort();
}

void
peer_wake_by(struct peer_table *t, int64_t when)
{
	int64_t wake = atomic_load(&t->wake);

	if (wake != 0 && wake <= when)
		return;
	(void)pthread_mutex_lock(&t->lock);
	wake = atomic_load(&t->wake);
	/* Time 0 would switch the timer off; 1 ms after boot is over. */
	if (wake == 0 || wake > when)
		peer_arm(t, when > 0 ? when : 1);
	(void)pthread_mutex_unlock(&t->lock);
}

void
peer_woken(struct peer_table *t)
{
	uint64_t times;

	/* Another may have read it already: looking around does no harm. */
	if (read(t->timer, &times, sizeof(times)) < 0 && errno != EAGAIN)
		abort();
	(void)pthread_mutex_lock(&t->lock);
	atomic_store(&t->wake, 0);
	(void)pthread_mutex_unlock(&t->lock);
}

void
peer_wake_next(struct peer_table *t)
{
	int64_t now = clock_mono_ms(), first = INT64_MAX, deadline;

	for (size_t i = 0; i < t->size; i++) {
		if ((atomic_load(&t->peers[i].word) & PEER_OPEN) == 0)
			continue;
		deadline = atomic_load(&t->peers[i].deadline);
		if (deadline != 0 && deadline < first)
			first = deadline;
	}
	if (first != INT64_MAX)
		peer_wake_by(t, first > now + PEER_GRAIN ? first :
		    now + PEER_GRAIN);
}
