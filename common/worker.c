/* SPDX-License-Identifier: ISC */
#include "worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "clock.h"
#include "door.h"
#include "exchange.h"
#include "frame.h"
#include "lane.h"
#include "log.h"
#include "means.h"

/*
 * Requests of one connection after which it is looked at whether the peer
 * reads its answers: so many small ones fit its queue, more might block.
 */
#define WORKER_UNREAD 16

/* Nanoseconds between two looks at whether a worker has ended. */
#define WORKER_STEP 2000000

struct worker {
	struct server *server;
	pthread_t thread;
	_Atomic bool ended;		/* the thread is as good as gone */
	struct exchange exchange;
	struct peer *begun[SERVE_BATCH_MAX];	/* whose requests it holds */
	struct means means;
	uint8_t *bytes;			/* what was peeked */
	size_t room;
};

/* What is to become of a connection after a look at it. */
enum worker_next {
	WORKER_RESTS,		/* nothing to be done for now */
	WORKER_ANSWERS,		/* its request was begun */
	WORKER_CLOSES,
};

/* What was found on a connection. */
enum worker_sight {
	WORKER_SILENT,		/* nothing there */
	WORKER_PARTIAL,		/* a request that is not whole yet */
	WORKER_WHOLE,
	WORKER_WRONG,		/* what can never become one */
	WORKER_GONE,		/* the peer has closed or the socket failed */
};

static void worker_answer(struct worker *w);

static void
worker_complain(struct worker *w, const char *event, const char *what)
{
	int64_t held;

	if (throttle_pass(&w->server->complaints, clock_mono_ms(), &held))
		log_event(LOG_LEVEL_WARNING, event, LOG_S("reason", what),
		    LOG_I("held_back", held));
}

/* Looks at what has arrived, without taking it. */
static enum worker_sight
worker_peek(struct worker *w, struct peer *p, struct frame *frame, size_t *len)
{
	ssize_t n = recv(p->fd, w->bytes, w->room, MSG_PEEK | MSG_DONTWAIT);

	*len = 0;
	if (n == 0)
		return WORKER_GONE;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? WORKER_SILENT :
		    WORKER_GONE;
	*len = (size_t)n;
	switch (frame_check(w->bytes, *len, w->server->app->body_limit,
	    frame)) {
	case FRAME_COMPLETE:
		return WORKER_WHOLE;
	case FRAME_INCOMPLETE:
		p->need = frame->length;
		return WORKER_PARTIAL;
	default:
		return WORKER_WRONG;
	}
}

/* Whether fewer bytes have arrived than are worth a look. */
static bool
worker_is_short(const struct peer *p)
{
	int n = 0;

	return p->need > 0 && ioctl(p->fd, FIONREAD, &n) == 0 && n > 0 &&
	    (size_t)n < p->need;
}

/* Whether the peer leaves answers unread. */
static bool
worker_is_unread(const struct peer *p)
{
	struct pollfd room = { .fd = p->fd, .events = POLLOUT };

	if (p->served % WORKER_UNREAD != WORKER_UNREAD - 1)
		return false;
	return poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0;
}

/* Begins the whole request of P. False: the connection is to be closed. */
static bool
worker_begin(struct worker *w, struct peer *p, const struct frame *frame)
{
	enum err err;

	peer_set_deadline(&w->server->peers, p, 0);
	if (worker_is_unread(p)) {
		worker_complain(w, "peer_closed", "unread");
		return false;
	}
	/* Those who were answered may have asked again meanwhile. */
	while (exchange_is_full(&w->exchange))
		worker_answer(w);
	/* Those that were begun hold on to the settings they began with. */
	if (w->exchange.count == 0)
		means_refresh(&w->means);
	p->need = 0;
	p->keep = frame->keep;
	err = exchange_begin(&w->exchange, w->means.settings, p->fd);
	if (err == ERR_INTERNAL)
		p->fd = -1;
	if (err != ERR_OK)
		return false;
	w->begun[w->exchange.count - 1] = p;
	return true;
}

/*
 * What becomes of P without a whole request: true if it may go on waiting.
 * HUNG_UP was asked before it was looked at.
 */
static bool
worker_may_wait(struct worker *w, struct peer *p, enum worker_sight sight,
    bool hung_up)
{
	struct server *server = w->server;
	bool draining = atomic_load(&server->draining);
	int64_t deadline = atomic_load(&p->deadline);
	int64_t now = clock_mono_ms();

	if (hung_up)
		return false;
	if (deadline == 0 && sight == WORKER_SILENT)
		return !draining;
	if (draining && now >= atomic_load(&server->drain_silent))
		return false;
	if (deadline == 0) {
		peer_set_deadline(&server->peers, p, now +
		    w->means.settings->config->program_request_timeout);
		return true;
	}
	if (now < deadline)
		return true;
	worker_complain(w, "peer_closed",
	    sight == WORKER_SILENT ? "silent" : "incomplete");
	return false;
}

/* One look at P, which is ours. */
static enum worker_next
worker_look(struct worker *w, struct peer *p)
{
	struct server *server = w->server;
	bool hung_up = peer_hung_up(p), good;
	enum worker_sight sight = WORKER_PARTIAL;
	struct frame frame;
	size_t len = 0;

	/*
	 * From here on the peer cannot send on a Unix socket, so that nothing
	 * can arrive between this last look and the close.
	 */
	if (atomic_load(&server->draining) && (p->served > 0 ||
	    clock_mono_ms() >= atomic_load(&server->drain_silent)))
		(void)shutdown(p->fd, SHUT_RD);
	if (!worker_is_short(p))
		sight = worker_peek(w, p, &frame, &len);
	switch (sight) {
	case WORKER_WHOLE:
		good = worker_begin(w, p, &frame);
		break;
	case WORKER_WRONG:
		worker_complain(w, "peer_closed", frame.fault);
		good = false;
		break;
	case WORKER_GONE:
		good = false;
		break;
	default:
		good = worker_may_wait(w, p, sight, hung_up);
		break;
	}
	explicit_bzero(w->bytes, len);
	if (!good)
		return WORKER_CLOSES;
	return sight == WORKER_WHOLE ? WORKER_ANSWERS : WORKER_RESTS;
}

/* Looks after P, which is ours, until nothing more is to be done for now. */
static void
worker_attend(struct worker *w, struct peer *p)
{
	do {
		switch (worker_look(w, p)) {
		case WORKER_CLOSES:
			peer_close(&w->server->peers, p);
			return;
		case WORKER_ANSWERS:
			/* It stays ours until worker_answer, or the lane's. */
			return;
		case WORKER_RESTS:
			break;
		}
	} while (!peer_release(p));
}

/* P, which is ours, was answered, or was not if the answer was not SENT. */
static void
worker_answered(struct worker *w, struct peer *p, bool sent)
{
	if (!peer_answered(&w->server->peers, p, sent))
		return;
	/* When draining the last look at a connection comes after it. */
	if (atomic_load(&w->server->draining) || !peer_release(p))
		worker_attend(w, p);
}

/* Hands over those of the COUNT requests of PEERS that wait. */
static void
worker_hand_over(struct worker *w, struct peer *const *peers,
    const enum exchange_end *ends, size_t count)
{
	struct lane_wait waits[SERVE_BATCH_MAX];
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (ends[i] == EXCHANGE_WAITS)
			waits[n++] = (struct lane_wait){
				.turn = exchange_detach(&w->exchange, i),
				.peer = peers[i],
				.settings = settings_hold_again(
				    &w->server->settings, w->means.settings),
			};
	if (n > 0)
		lane_give(w->server->lane, waits, n);
}

/*
 * Answers all that was begun. What comes in on those connections meanwhile
 * can be begun again, so that this ends with at most as many begun.
 */
static void
worker_answer(struct worker *w)
{
	struct peer *peers[SERVE_BATCH_MAX];
	enum exchange_end ends[SERVE_BATCH_MAX];
	size_t n = w->exchange.count;

	memcpy(peers, w->begun, n * sizeof(*peers));
	exchange_answer(&w->exchange, w->means.db, ends);
	worker_hand_over(w, peers, ends, n);
	for (size_t i = 0; i < n; i++)
		if (ends[i] != EXCHANGE_WAITS)
			worker_answered(w, peers[i], ends[i] == EXCHANGE_SENT);
}

/* Looks at connections on which more came while they waited in the lane. */
static void
worker_recall(struct worker *w)
{
	struct peer *peers[SERVE_BATCH_MAX];
	size_t n = lane_recall(w->server->lane, peers, w->exchange.limit);

	for (size_t i = 0; i < n; i++)
		worker_attend(w, peers[i]);
}

/* Looks after those whose time is up, all of them when draining. */
static void
worker_sweep(struct worker *w)
{
	struct peer_table *table = &w->server->peers;
	bool all = atomic_load(&w->server->draining);
	int64_t deadline, now;
	struct peer *p;

	peer_woken(table);
	door_resume(w->server);
	now = clock_mono_ms();
	for (size_t i = 0; i < table->size; i++) {
		deadline = atomic_load(&table->peers[i].deadline);
		if (!all && (deadline == 0 || deadline > now))
			continue;
		if ((p = peer_take(table, i)) != NULL)
			worker_attend(w, p);
	}
	peer_wake_next(table);
}

/* Does what an event asks for. False: the worker ends. */
static bool
worker_event(struct worker *w, const struct epoll_event *event)
{
	const uint32_t hangup = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
	uint64_t key = event->data.u64;
	struct peer *p;

	if (key == SERVER_STOP)
		return false;
	if (key == PEER_TIMER) {
		worker_sweep(w);
		return true;
	}
	if (key == SERVER_LANE) {
		worker_recall(w);
		return true;
	}
	if (key < PEER_KEYS) {
		door_accept(w->server, (size_t)(key - SERVER_LISTEN));
		return true;
	}
	p = peer_claim(&w->server->peers, key, (event->events & hangup) != 0);
	if (p != NULL)
		worker_attend(w, p);
	return true;
}

static void *
worker_run(void *arg)
{
	struct worker *w = arg;
	struct epoll_event events[SERVE_BATCH_MAX];
	bool on = true;
	int n;

	/* No more than fit: what is left goes to those who are free. */
	while (on) {
		n = epoll_wait(w->server->epoll, events,
		    (int)w->exchange.limit, -1);
		if (n < 0 && errno != EINTR)
			abort();
		for (int i = 0; i < n; i++)
			on = worker_event(w, &events[i]) && on;
		while (w->exchange.count > 0)
			worker_answer(w);
	}
	atomic_store(&w->ended, true);
	return NULL;
}

static void
worker_free(struct worker *w)
{
	means_close(&w->means);
	free(w->bytes);
	free(w);
}

struct worker *
worker_start(struct server *server)
{
	const struct serve_app *app = server->app;
	struct worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->server = server;
	w->room = frame_room(app->body_limit);
	w->bytes = malloc(w->room);
	if (w->bytes != NULL &&
	    means_open(&w->means, server,
	    app->uses_database && server->lane == NULL) == ERR_OK &&
	    exchange_open(&w->exchange, server->turns,
	    app->batch > 1 ? app->batch : 1) == ERR_OK &&
	    pthread_create(&w->thread, NULL, worker_run, w) == 0)
		return w;
	worker_free(w);
	return NULL;
}

bool
worker_join(struct worker *w, int64_t deadline)
{
	const struct timespec step = { .tv_nsec = WORKER_STEP };

	while (!atomic_load(&w->ended)) {
		if (clock_mono_ms() >= deadline)
			return false;
		(void)nanosleep(&step, NULL);
	}
	if (pthread_join(w->thread, NULL) != 0)
		return false;
	worker_free(w);
	return true;
}
