/* SPDX-License-Identifier: ISC */
#include "fence.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "claim.h"
#include "clock.h"
#include "db_target.h"
#include "log.h"
#include "metrics.h"
#include "recall.h"
#include "secret.h"
#include "store_fence.h"
#include "verifier.h"

#define FENCE_STEP 1000000	/* ns between two looks of who waits for it */
#define FENCE_HOST_SIZE 101	/* of hasp.label */

static struct {
	struct page *page;		/* outlives the thread */
	struct db_target target;
	pthread_t thread;
	int wake;			/* eventfd */
	_Atomic bool started, stop, ended;
	_Atomic bool failed;		/* to reach the database, once */
} fence = {
	.target = DB_TARGET_INIT,
	.wake = -1,
};

/* What the thread alone uses. */
struct fence_thread {
	struct verifier verifier;
	struct db_target_user to;
	struct fence_options options;
	char id[BARRIER_ID_SIZE];
	char host[FENCE_HOST_SIZE];
	char predecessor[BARRIER_ID_SIZE];
	int claim;			/* the lock; -1: none */
	bool deaf, lost;		/* what was told last */
	struct store_fence_changes changes;
};

void
fence_set(const struct db_options *options)
{
	uint64_t one = 1;

	db_target_set(&fence.target, options);
	/* An eventfd takes it unless it is full, which it never is. */
	if (atomic_load(&fence.started) &&
	    write(fence.wake, &one, sizeof(one)) != (ssize_t)sizeof(one))
		abort();
}

struct page *
fence_page(void)
{
	return fence.page;
}

bool
fence_is_leased(void)
{
	return page_leased(fence.page, clock_boot_us());
}

static struct verifier_event
fence_event(enum verifier_happened what)
{
	return (struct verifier_event){ .what = what };
}

/* What became of a statement: GOOD, or the connection counts as lost. */
static struct verifier_event
fence_judge(struct fence_thread *f, enum err err,
    enum verifier_happened good)
{
	if (err == ERR_OK)
		return fence_event(good);
	if (!f->lost)
		log_event(LOG_LEVEL_WARNING, "verifier_lost",
		    LOG_S("code", err_code(err)),
		    LOG_S("message", db_message(f->to.db)),
		    LOG_S("meaning", "checks go on until the lease ends"));
	f->lost = true;
	atomic_store(&fence.failed, true);
	return fence_event(VERIFIER_LOST);
}

static struct verifier_event
fence_close_page(struct fence_thread *f, const struct verifier_action *action)
{
	(void)f;
	(void)action;
	page_close(fence.page);
	return fence_event(VERIFIER_DONE);
}

static struct verifier_event
fence_connect(struct fence_thread *f, const struct verifier_action *action)
{
	const struct db_options how = { .pinned = true };
	bool anew;

	(void)action;
	if (db_target_open(&fence.target, &f->to, &how, &anew) != ERR_OK)
		return fence_event(VERIFIER_LOST);
	db_drop(f->to.db);
	return fence_judge(f, db_connect(f->to.db), VERIFIER_DONE);
}

static struct verifier_event
fence_listen(struct fence_thread *f, const struct verifier_action *action)
{
	(void)action;
	return fence_judge(f, store_fence_listen(f->to.db), VERIFIER_DONE);
}

/* Tells once that notifications do not come, or come again. */
static void
fence_tell_deaf(struct fence_thread *f, bool deaf)
{
	if (deaf != f->deaf)
		log_event(deaf ? LOG_LEVEL_WARNING : LOG_LEVEL_NOTICE,
		    "notifications", LOG_S("heard", deaf ? "no" : "yes"),
		    LOG_S("meaning", deaf ? "revocations wait for renewals: "
		    "connect to the database itself, not through a pooler" :
		    "revocations are quick"));
	f->deaf = deaf;
}

/* Waits for what may happen until UNTIL. */
static struct verifier_event
fence_await(struct fence_thread *f, int64_t until)
{
	int64_t us = until - clock_boot_us();
	uint64_t count;

	switch (db_wait(f->to.db, fence.wake, us)) {
	case DB_WAKE_NOTIFIED:
		metrics_add(METRICS_VERIFIER_NOTIFICATIONS, 0, 1);
		return fence_event(VERIFIER_NOTIFIED);
	case DB_WAKE_LOST:
		return fence_judge(f, ERR_DATABASE_DOWN, VERIFIER_LOST);
	case DB_WAKE_FD:
		if (read(fence.wake, &count, sizeof(count)) < 0 &&
		    errno != EAGAIN)
			abort();
		/* Else another database was set: this connection ends. */
		return fence_event(atomic_load(&fence.stop) ?
		    VERIFIER_STOP : VERIFIER_LOST);
	case DB_WAKE_TIME:
		break;
	}
	return fence_event(VERIFIER_TIME);
}

static struct verifier_event
fence_echo(struct fence_thread *f, const struct verifier_action *action)
{
	struct verifier_event event = fence_judge(f,
	    store_fence_echo(f->to.db), VERIFIER_TIME);

	while (event.what == VERIFIER_TIME &&
	    clock_boot_us() < action->until)
		event = fence_await(f, action->until);
	if (event.what == VERIFIER_TIME || event.what == VERIFIER_NOTIFIED)
		fence_tell_deaf(f, event.what == VERIFIER_TIME);
	return event;
}

static struct verifier_event
fence_enrol(struct fence_thread *f, const struct verifier_action *action)
{
	const struct store_fence_verifier self = {
		.id = f->id,
		.host = f->host,
		.program = f->options.program,
		.lease = f->options.lease,
		.answer = f->options.answer,
		.predecessor = f->predecessor,
	};
	struct store_fence_head head = { .seq = 0 };
	struct verifier_event event = fence_judge(f,
	    store_fence_enrol(f->to.db, &self, &head), VERIFIER_ANSWERED);

	(void)action;
	event.seq = head.seq;
	event.place = head.place;
	if (event.what != VERIFIER_ANSWERED)
		return event;
	if (f->claim >= 0 && claim_write(f->claim, f->id) != ERR_OK)
		log_event(LOG_LEVEL_WARNING, "verifier_file",
		    LOG_S("reason", strerrordesc_np(errno)));
	metrics_add(METRICS_VERIFIER_REGISTRATIONS, 0, 1);
	log_event(LOG_LEVEL_NOTICE, "verifier_registered",
	    LOG_I("change", head.seq));
	return event;
}

static struct verifier_event
fence_open_page(struct fence_thread *f, const struct verifier_action *action)
{
	(void)f;
	return (struct verifier_event){
		.what = VERIFIER_ANSWERED,
		.turn = page_open(fence.page, action->seq, action->place),
	};
}

static struct verifier_event
fence_renew(struct fence_thread *f, const struct verifier_action *action)
{
	struct store_fence_head head = { .seq = 0 };
	struct verifier_event event;
	int64_t hits, misses;
	enum err err;

	recall_counts(&hits, &misses);
	err = store_fence_renew(f->to.db, f->id, action->seq, action->place,
	    hits, misses, &head);
	metrics_add(METRICS_VERIFIER_RENEWALS, err == ERR_OK ?
	    METRICS_RENEWAL_OK : METRICS_RENEWAL_FAILED, 1);
	if (err == ERR_NOT_FOUND) {
		log_event(LOG_LEVEL_WARNING, "verifier_buried",
		    LOG_S("meaning", "it was marked dead, or the database "
		    "was started anew: it registers again"));
		return fence_event(VERIFIER_GONE);
	}
	event = fence_judge(f, err, VERIFIER_ANSWERED);
	event.seq = head.seq;
	event.place = head.place;
	if (err == ERR_OK && f->lost)
		log_event(LOG_LEVEL_NOTICE, "verifier_back",
		    LOG_I("change", head.seq));
	f->lost = err != ERR_OK;
	return event;
}

static struct verifier_event
fence_read(struct fence_thread *f, const struct verifier_action *action)
{
	struct verifier_event event = fence_judge(f,
	    store_fence_changes(f->to.db, action->seq, &f->changes),
	    VERIFIER_CHANGES);

	event.seq = f->changes.seq;
	event.count = f->changes.count;
	event.complete = f->changes.complete;
	return event;
}

static struct verifier_event
fence_touch(struct fence_thread *f, const struct verifier_action *action)
{
	const struct store_fence_change *change =
	    &f->changes.list[action->index];

	page_touch(fence.page, page_mark(change->kind, change->ref),
	    f->changes.seq);
	return fence_event(VERIFIER_DONE);
}

static struct verifier_event
fence_touch_all(struct fence_thread *f, const struct verifier_action *action)
{
	(void)f;
	page_touch(fence.page, PAGE_ALL, action->seq);
	return fence_event(VERIFIER_DONE);
}

static struct verifier_event
fence_apply(struct fence_thread *f, const struct verifier_action *action)
{
	(void)f;
	return (struct verifier_event){
		.what = VERIFIER_ANSWERED,
		.turn = page_apply(fence.page, action->seq),
	};
}

static struct verifier_event
fence_lease(struct fence_thread *f, const struct verifier_action *action)
{
	(void)f;
	page_lease(fence.page, action->until);
	return fence_event(VERIFIER_DONE);
}

static struct verifier_event
fence_drain(struct fence_thread *f, const struct verifier_action *action)
{
	(void)f;
	return fence_event(page_drained(fence.page, action->turn) ?
	    VERIFIER_DONE : VERIFIER_TIME);
}

static struct verifier_event
fence_ack(struct fence_thread *f, const struct verifier_action *action)
{
	return fence_judge(f, store_fence_acknowledge(f->to.db, f->id,
	    action->seq), VERIFIER_DONE);
}

static struct verifier_event
fence_rest(struct fence_thread *f, const struct verifier_action *action)
{
	return fence_await(f, action->until);
}

static struct verifier_event
fence_leave(struct fence_thread *f, const struct verifier_action *action)
{
	(void)action;
	return fence_judge(f, store_fence_leave(f->to.db, f->id),
	    VERIFIER_DONE);
}

static struct verifier_event (*const fence_do[VERIFIER_DO__COUNT])(
    struct fence_thread *, const struct verifier_action *) = {
	[VERIFIER_CLOSE_PAGE] = fence_close_page,
	[VERIFIER_CONNECT] = fence_connect,
	[VERIFIER_LISTEN] = fence_listen,
	[VERIFIER_ECHO] = fence_echo,
	[VERIFIER_ENROL] = fence_enrol,
	[VERIFIER_OPEN_PAGE] = fence_open_page,
	[VERIFIER_RENEW] = fence_renew,
	[VERIFIER_READ] = fence_read,
	[VERIFIER_TOUCH] = fence_touch,
	[VERIFIER_TOUCH_ALL] = fence_touch_all,
	[VERIFIER_APPLY] = fence_apply,
	[VERIFIER_LEASE] = fence_lease,
	[VERIFIER_DRAIN] = fence_drain,
	[VERIFIER_ACK] = fence_ack,
	[VERIFIER_WAIT] = fence_rest,
	[VERIFIER_LEAVE] = fence_leave,
};

/* Counts what the last step came to; DRAINING: a drain was under way. */
static void
fence_count(const struct verifier *v, bool draining)
{
	metrics_set(METRICS_VERIFIER_LAG, 0, v->processed - v->drained);
	if (draining && v->drain_until == 0 && v->connected)
		metrics_add(METRICS_VERIFIER_DRAINS,
		    v->drained == v->goal ? METRICS_DRAIN_OK :
		    METRICS_DRAIN_GIVEN_UP, 1);
}

static int64_t
fence_left(void *page)
{
	return atomic_load(&((struct page *)page)->lease_end) -
	    clock_boot_us();
}

static void *
fence_run(void *arg)
{
	struct fence_thread *f = arg;
	struct verifier_action action = verifier_start(&f->verifier,
	    (int64_t)f->options.lease * 1000);

	while (action.what != VERIFIER_END) {
		struct verifier_event event = fence_do[action.what](f,
		    &action);
		bool draining = f->verifier.drain_until != 0;

		action = verifier_step(&f->verifier, &event,
		    clock_boot_us());
		fence_count(&f->verifier, draining);
	}
	db_close(f->to.db);
	/* The lock of the claim ends with the process. */
	free(f);
	atomic_store(&fence.ended, true);
	return NULL;
}

/* Random, so that nobody else can speak for it. */
static enum err
fence_name(struct fence_thread *f)
{
	uint8_t bytes[(BARRIER_ID_SIZE - 1) / 2];
	enum err err = secret_random(bytes, sizeof(bytes));

	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(f->id + 2 * i, 3, "%02x", bytes[i]);
	if (gethostname(f->host, sizeof(f->host)) != 0 || f->host[0] == '\0')
		(void)snprintf(f->host, sizeof(f->host), "unknown");
	f->host[sizeof(f->host) - 1] = '\0';
	return err;
}

/* A place that cannot be claimed only costs waiting after a crash. */
static void
fence_claim(struct fence_thread *f)
{
	enum err err;

	f->claim = -1;
	if (f->options.file[0] == '\0')
		return;
	err = claim_take(f->options.file, f->predecessor, &f->claim);
	if (err != ERR_OK)
		log_event(LOG_LEVEL_WARNING, "verifier_file",
		    LOG_S("path", f->options.file),
		    LOG_S("reason", err == ERR_CONFLICT ?
		    "another process has it" : strerrordesc_np(errno)),
		    LOG_S("meaning", "after a crash the next revocation "
		    "waits for the lease to end"));
}

enum err
fence_start(const struct fence_options *options)
{
	struct fence_thread *f = calloc(1, sizeof(*f));
	enum err err = f == NULL ? ERR_MEMORY : fence_name(f);

	if (err == ERR_OK && (fence.page = page_new()) == NULL)
		err = ERR_MEMORY;
	fence.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (err == ERR_OK && fence.wake < 0)
		err = ERR_SYSTEM;
	if (err == ERR_OK) {
		fence.page->answer = (int64_t)options->answer * 1000;
		metrics_watch(METRICS_VERIFIER_LEASE, fence_left, fence.page);
		f->options = *options;
		fence_claim(f);
		f->options.file = "";
		if (pthread_create(&fence.thread, NULL, fence_run, f) != 0)
			err = ERR_SYSTEM;
	}
	if (err != ERR_OK) {
		free(f);
		return err;
	}
	atomic_store(&fence.started, true);
	return ERR_OK;
}

void
fence_wait(int64_t deadline)
{
	const struct timespec step = { .tv_nsec = FENCE_STEP };

	while (!fence_is_leased() &&
	    !atomic_load(&fence.failed) && clock_mono_ms() < deadline)
		(void)nanosleep(&step, NULL);
}

bool
fence_stop(int64_t deadline)
{
	const struct timespec step = { .tv_nsec = FENCE_STEP };
	uint64_t one = 1;

	if (!atomic_exchange(&fence.started, false))
		return true;
	atomic_store(&fence.stop, true);
	if (write(fence.wake, &one, sizeof(one)) != (ssize_t)sizeof(one))
		abort();
	while (!atomic_load(&fence.ended)) {
		if (clock_mono_ms() >= deadline)
			return false;
		(void)nanosleep(&step, NULL);
	}
	return pthread_join(fence.thread, NULL) == 0;
}
