/* SPDX-License-Identifier: ISC */
#include "use.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "clock.h"
#include "db_target.h"
#include "log.h"
#include "store_use.h"

#define USE_WAYS 8
#define USE_SETS (USE_SECRETS / USE_WAYS)
#define USE_EVERY 1000		/* ms between two writes */
#define USE_STEP 2000000	/* ns between two looks at whether it ended */

/*
 * Batches that are written each time: with many keys, writing all of them
 * took a fifth of what checks can do (tests/bench/run).
 */
#define USE_BATCHES 2

static struct {
	pthread_mutex_t lock;		/* of all down to dropped */
	struct store_use sets[USE_SETS][USE_WAYS];
	size_t count;			/* in SETS */
	int64_t dropped;
	struct db_target target;
	pthread_t thread;
	int stop;			/* eventfd */
	_Atomic bool started, ended;
} use = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.target = DB_TARGET_INIT,
	.stop = -1,
};

/* What the thread alone uses. */
struct use_writer {
	struct db_target_user to;
	size_t next;			/* where it goes on taking uses */
	bool failing;
};

void
use_set(const struct db_options *options)
{
	db_target_set(&use.target, options);
}

/* Puts ONE into its place; needs the lock. */
static void
use_put(const struct store_use *one)
{
	uint64_t hash = str_hash(str_of(one->key_id), (uint32_t)one->version);
	struct store_use *set = use.sets[hash % USE_SETS];
	struct store_use *oldest = &set[0];

	for (size_t i = 0; i < USE_WAYS; i++) {
		if (set[i].version == one->version &&
		    strcmp(set[i].key_id, one->key_id) == 0) {
			if (one->first < set[i].first)
				set[i].first = one->first;
			if (one->last >= set[i].last) {
				set[i].last = one->last;
				set[i].from = one->from;
			}
			return;
		}
		/* A free place is older than any other. */
		if (set[i].last < oldest->last)
			oldest = &set[i];
	}
	if (oldest->version != 0)
		use.dropped++;
	else
		use.count++;
	*oldest = *one;
}

void
use_note(const struct decision_record *record, struct str address,
    int64_t now)
{
	struct store_use one = {
		.version = record->secret_version,
		.first = now,
		.last = now,
	};

	if (!atomic_load(&use.started))
		return;
	memcpy(one.key_id, record->key_id, sizeof(one.key_id));
	if (!cidr_parse(address, &one.from))
		one.from = (struct cidr){ .family = 0 };
	(void)pthread_mutex_lock(&use.lock);
	use_put(&one);
	(void)pthread_mutex_unlock(&use.lock);
}

static enum err
use_open(struct use_writer *w)
{
	/* A write that waits is no reason to refuse checks: no breaker. */
	const struct db_options how = { .breaker = false };
	bool anew;

	return db_target_open(&use.target, &w->to, &how, &anew);
}

/* Takes uses out, up to a whole BATCH, going on where it stopped. */
static size_t
use_take(struct use_writer *w, struct store_use *batch)
{
	struct store_use *all = &use.sets[0][0];
	size_t n = 0;

	(void)pthread_mutex_lock(&use.lock);
	while (n < STORE_USE_BATCH && use.count > 0) {
		struct store_use *one = &all[w->next++ % USE_SECRETS];

		if (one->version == 0)
			continue;
		batch[n++] = *one;
		*one = (struct store_use){ .version = 0 };
		use.count--;
	}
	(void)pthread_mutex_unlock(&use.lock);
	return n;
}

/*
 * Puts COUNT uses back that could not be written because of ERR. What the
 * database will never take must not be in the way of others.
 */
static void
use_keep(const struct store_use *uses, size_t count, enum err err)
{
	bool hopeless = err == ERR_INVALID || err == ERR_CONFLICT ||
	    err == ERR_INTERNAL;

	(void)pthread_mutex_lock(&use.lock);
	for (size_t i = 0; i < count && !hopeless; i++)
		use_put(&uses[i]);
	if (hopeless)
		use.dropped += (int64_t)count;
	(void)pthread_mutex_unlock(&use.lock);
}

/* Tells what was given up, and when writing began to fail or work again. */
static void
use_tell(struct use_writer *w, enum err err)
{
	int64_t dropped;

	(void)pthread_mutex_lock(&use.lock);
	dropped = use.dropped;
	use.dropped = 0;
	(void)pthread_mutex_unlock(&use.lock);
	if ((err != ERR_OK) != w->failing || dropped > 0)
		log_event(LOG_LEVEL_WARNING, "last_uses",
		    LOG_S("written", err_code(err)),
		    LOG_I("dropped", dropped));
	w->failing = err != ERR_OK;
}

/* Writes at most BATCHES of what has come in. */
static void
use_write(struct use_writer *w, size_t batches)
{
	struct store_use batch[STORE_USE_BATCH];
	enum err err = ERR_OK;
	size_t n;

	for (size_t i = 0; i < batches && err == ERR_OK; i++) {
		if ((n = use_take(w, batch)) == 0)
			break;
		err = use_open(w);
		if (err == ERR_OK)
			err = store_use_note(w->to.db, batch, n);
		if (err != ERR_OK)
			use_keep(batch, n, err);
	}
	use_tell(w, err);
}

static void *
use_run(void *arg)
{
	struct use_writer *w = arg;
	struct pollfd stop = { .fd = use.stop, .events = POLLIN };

	while (poll(&stop, 1, USE_EVERY) == 0)
		use_write(w, USE_BATCHES);
	/* A database that was down a second ago is not waited for. */
	if (!w->failing)
		use_write(w, SIZE_MAX);
	db_close(w->to.db);
	free(w);
	atomic_store(&use.ended, true);
	return NULL;
}

enum err
use_start(void)
{
	struct use_writer *w = calloc(1, sizeof(*w));

	use.stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w == NULL || use.stop < 0 ||
	    pthread_create(&use.thread, NULL, use_run, w) != 0) {
		base_close(&use.stop);
		free(w);
		return ERR_SYSTEM;
	}
	atomic_store(&use.started, true);
	return ERR_OK;
}

bool
use_stop(int64_t deadline)
{
	const struct timespec step = { .tv_nsec = USE_STEP };
	uint64_t one = 1;

	if (!atomic_exchange(&use.started, false))
		return true;
	if (write(use.stop, &one, sizeof(one)) != (ssize_t)sizeof(one))
		abort();
	while (!atomic_load(&use.ended)) {
		if (clock_mono_ms() >= deadline)
			return false;
		(void)nanosleep(&step, NULL);
	}
	if (pthread_join(use.thread, NULL) != 0)
		return false;
	base_close(&use.stop);
	return true;
}
