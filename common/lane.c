/* SPDX-License-Identifier: ISC */
#include "lane.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "access.h"
#include "bucket.h"
#include "clock.h"
#include "means.h"

/*
 * Look-ups a second, after so many at once, in the whole process: what a flood
 * of unknown keys may cost the database. More keys than that do not wait
 * longer for it, they share look-ups.
 */
#define LANE_RATE 1000
#define LANE_BURST 100

/* Millionths of a look-up, as bucket_missing counts. */
#define LANE_ONE 1000000

/* Nanoseconds between two looks at whether a thread has ended. */
#define LANE_STEP 2000000

struct lane_thread {
	struct lane *lane;
	pthread_t thread;
	_Atomic bool ended;		/* the thread is as good as gone */
	struct means means;
};

struct lane {
	struct server *server;
	struct lane_thread *threads;
	size_t thread_count;
	int bell;			/* eventfd: somebody to recall */

	pthread_mutex_t lock;		/* for what follows */
	pthread_cond_t news;		/* on CLOCK_MONOTONIC */
	bool stopping;
	struct bucket pace;
	struct lane_wait *waits;	/* rings of SIZE places */
	struct peer **recalled;
	size_t size;
	size_t first, count;		/* of WAITS */
	size_t recalled_first, recalled_count;
};

static enum err
lane_locks(struct lane *l)
{
	pthread_condattr_t attr;
	bool good;

	if (pthread_condattr_init(&attr) != 0)
		return ERR_SYSTEM;
	/* The wall clock may be set; pthread_cond_timedwait goes by this. */
	good = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
	    pthread_cond_init(&l->news, &attr) == 0;
	(void)pthread_condattr_destroy(&attr);
	if (!good)
		return ERR_SYSTEM;
	return pthread_mutex_init(&l->lock, NULL) == 0 ? ERR_OK : ERR_SYSTEM;
}

enum err
lane_open(struct lane **out, struct server *server, size_t waits)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLET,
		.data.u64 = SERVER_LANE,
	};
	struct lane *l = calloc(1, sizeof(*l));
	enum err err;

	*out = l;
	if (l == NULL)
		return ERR_MEMORY;
	l->server = server;
	l->bell = -1;
	l->size = waits;
	l->waits = calloc(waits, sizeof(*l->waits));
	l->recalled = calloc(waits, sizeof(*l->recalled));
	if ((err = lane_locks(l)) != ERR_OK)
		return err;
	if (l->waits == NULL || l->recalled == NULL)
		return ERR_MEMORY;
	l->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return l->bell >= 0 && epoll_ctl(server->epoll, EPOLL_CTL_ADD,
	    l->bell, &event) == 0 ? ERR_OK : ERR_SYSTEM;
}

void
lane_give(struct lane *l, const struct lane_wait *waits, size_t count)
{
	(void)pthread_mutex_lock(&l->lock);
	for (size_t i = 0; i < count; i++) {
		assert(l->count < l->size);
		l->waits[(l->first + l->count++) % l->size] = waits[i];
	}
	(void)pthread_cond_signal(&l->news);
	(void)pthread_mutex_unlock(&l->lock);
}

/* Tells a worker that there is somebody to recall. */
static void
lane_ring(struct lane *l)
{
	uint64_t one = 1;

	/* An eventfd takes it unless it is full, which it never is. */
	if (write(l->bell, &one, sizeof(one)) != (ssize_t)sizeof(one))
		abort();
}

/* P, which is ours and was answered, is to be looked at by a worker. */
static void
lane_return(struct lane *l, struct peer *p)
{
	bool first;

	(void)pthread_mutex_lock(&l->lock);
	first = l->recalled_count == 0;
	l->recalled[(l->recalled_first + l->recalled_count++) % l->size] = p;
	(void)pthread_mutex_unlock(&l->lock);
	if (first)
		lane_ring(l);
}

size_t
lane_recall(struct lane *l, struct peer **peers, size_t room)
{
	size_t n = 0;
	bool more;

	(void)pthread_mutex_lock(&l->lock);
	while (n < room && l->recalled_count > 0) {
		peers[n++] = l->recalled[l->recalled_first];
		l->recalled_first = (l->recalled_first + 1) % l->size;
		l->recalled_count--;
	}
	more = l->recalled_count > 0;
	(void)pthread_mutex_unlock(&l->lock);
	if (more)
		lane_ring(l);
	return n;
}

/* Waits until a look-up may begin, or something happens; needs the lock. */
static void
lane_rest(struct lane *l, int64_t now)
{
	int64_t over = bucket_missing(&l->pace, now) -
	    (int64_t)(LANE_BURST - 1) * LANE_ONE;
	int64_t until = now + over / LANE_RATE + 1;
	struct timespec when = {
		.tv_sec = (time_t)(until / 1000000),
		.tv_nsec = (long)(until % 1000000) * 1000,
	};

	(void)pthread_cond_timedwait(&l->news, &l->lock, &when);
}

/* Waits for requests that may be looked up now. False: the thread ends. */
static bool
lane_await(struct lane *l)
{
	struct bucket_state state;
	int64_t now;

	while (!l->stopping) {
		if (l->count == 0) {
			(void)pthread_cond_wait(&l->news, &l->lock);
			continue;
		}
		now = clock_mono_us();
		if (bucket_take(&l->pace, LANE_RATE, LANE_BURST, now, &state))
			return true;
		lane_rest(l, now);
	}
	return false;
}

/* Takes what waits, at most ACCESS_BATCH, into OUT; 0: the thread ends. */
static size_t
lane_take(struct lane *l, struct lane_wait *out)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&l->lock);
	if (lane_await(l)) {
		while (n < ACCESS_BATCH && l->count > 0) {
			out[n++] = l->waits[l->first];
			l->first = (l->first + 1) % l->size;
			l->count--;
		}
		/* What is left is another's. */
		if (l->count > 0)
			(void)pthread_cond_signal(&l->news);
	}
	(void)pthread_mutex_unlock(&l->lock);
	return n;
}

/* Answers a request whose key was looked up. */
static void
lane_answer(struct lane *l, const struct lane_wait *wait)
{
	bool sent = exchange_finish(wait->turn);

	settings_drop(&l->server->settings, wait->settings);
	/* What came meanwhile may need nobody to wait: a worker looks. */
	if (peer_answered(&l->server->peers, wait->peer, sent) &&
	    !peer_release(wait->peer))
		lane_return(l, wait->peer);
}

static void *
lane_run(void *arg)
{
	struct lane_thread *t = arg;
	struct lane_wait waits[ACCESS_BATCH];
	struct exchange_turn *turns[ACCESS_BATCH];
	size_t n;

	while ((n = lane_take(t->lane, waits)) > 0) {
		means_refresh(&t->means);
		for (size_t i = 0; i < n; i++)
			turns[i] = waits[i].turn;
		exchange_look_up(turns, n, t->means.db);
		for (size_t i = 0; i < n; i++)
			lane_answer(t->lane, &waits[i]);
	}
	atomic_store(&t->ended, true);
	return NULL;
}

enum err
lane_start(struct lane *l, size_t threads)
{
	struct lane_thread *t;

	l->threads = calloc(threads, sizeof(*l->threads));
	if (l->threads == NULL)
		return ERR_MEMORY;
	while (l->thread_count < threads) {
		t = &l->threads[l->thread_count];
		t->lane = l;
		if (means_open(&t->means, l->server, true) != ERR_OK ||
		    pthread_create(&t->thread, NULL, lane_run, t) != 0) {
			means_close(&t->means);
			return ERR_SYSTEM;
		}
		l->thread_count++;
	}
	return ERR_OK;
}

void
lane_stop(struct lane *l)
{
	(void)pthread_mutex_lock(&l->lock);
	l->stopping = true;
	(void)pthread_cond_broadcast(&l->news);
	(void)pthread_mutex_unlock(&l->lock);
}

bool
lane_join(struct lane *l, int64_t deadline)
{
	const struct timespec step = { .tv_nsec = LANE_STEP };
	struct lane_thread *t;

	while (l->thread_count > 0) {
		t = &l->threads[l->thread_count - 1];
		while (!atomic_load(&t->ended)) {
			if (clock_mono_ms() >= deadline)
				return false;
			(void)nanosleep(&step, NULL);
		}
		if (pthread_join(t->thread, NULL) != 0)
			return false;
		means_close(&t->means);
		l->thread_count--;
	}
	return true;
}

void
lane_close(struct lane *l)
{
	if (l == NULL)
		return;
	/* The settings that they hold end with their share. */
	while (l->count > 0) {
		settings_drop(&l->server->settings,
		    l->waits[l->first].settings);
		l->first = (l->first + 1) % l->size;
		l->count--;
	}
	base_close(&l->bell);
	(void)pthread_cond_destroy(&l->news);
	(void)pthread_mutex_destroy(&l->lock);
	free(l->waits);
	free(l->recalled);
	free(l->threads);
	free(l);
}
