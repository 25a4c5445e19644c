/* SPDX-License-Identifier: ISC */
#include "shipper.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "clock.h"
#include "db_target.h"
#include "journal.h"
#include "log.h"
#include "metrics.h"
#include "store_batch.h"
#include "store_usage.h"

#define SHIPPER_LOOK 100	/* ms between two looks at what has come */
#define SHIPPER_EVERY 1000	/* ms that a use waits at most */
#define SHIPPER_MANY 5000	/* uses that do not wait for that */
#define SHIPPER_NOTE 5000	/* ms between two notes of a silent journal */
#define SHIPPER_REST 1000	/* ms after a failure */
#define SHIPPER_STEP 2000000	/* ns between two looks at whether it ended */
#define SHIPPER_LEAST 256	/* uses in a batch, however slow it is */
#define SHIPPER_ADOPTED 16	/* journals of others at the same time */
/*
 * ms that a batch may take. Longer than a check may: nobody waits for it, and
 * one that is given up has to be done again.
 */
#define SHIPPER_PATIENCE 5000
/*
 * us that a request takes at most from its coming to its entry: what came
 * longer ago is in the journal.
 */
#define SHIPPER_SPAN 10000000

static struct {
	struct db_target target;
	pthread_t thread;
	int stop;			/* eventfd */
	_Atomic int64_t deadline;	/* clock_mono_ms; 0: no end yet */
	_Atomic bool started, ended;
} shipper = {
	.target = DB_TARGET_INIT,
	.stop = -1,
};

/* A journal on its way. */
struct shipper_one {
	struct journal *journal;	/* NULL: a free place */
	int64_t number;			/* in the database; 0: to be asked */
	uint64_t from;			/* what is shipped next */
	int64_t noted;			/* when it last told the database */
};

/* What the thread alone uses. */
struct shipper_work {
	struct db_target_user to;
	uint64_t connection;
	char host[HOST_NAME_MAX + 1];
	const char *program;
	struct shipper_one own, adopted[SHIPPER_ADOPTED];
	struct store_batch *batch;
	struct entry entries[STORE_BATCH_MAX];
	uint64_t pos[STORE_BATCH_MAX];
	size_t most;			/* uses in the next batch */
	int64_t shipped_at, adopted_at;	/* clock_mono_ms */
	int64_t rest_until;
	bool behind;			/* an adopted one is not shipped */
	bool failing;
};

void
shipper_set(const struct db_options *options)
{
	struct db_options patient = *options;

	if (patient.query_timeout < SHIPPER_PATIENCE)
		patient.query_timeout = SHIPPER_PATIENCE;
	db_target_set(&shipper.target, &patient);
}

static void
shipper_forget(struct shipper_work *w)
{
	w->own.number = 0;
	for (size_t i = 0; i < SHIPPER_ADOPTED; i++)
		w->adopted[i].number = 0;
}

/*
 * Connected. Calls do not connect by themselves: a database that was put back
 * may have given our number to another journal, so on each new connection the
 * numbers are asked for again.
 */
static enum err
shipper_connect(struct shipper_work *w)
{
	const struct db_options how = { .breaker = false, .pinned = true };
	bool anew;
	enum err err = db_target_open(&shipper.target, &w->to, &how, &anew);

	if (err == ERR_OK)
		err = db_connect(w->to.db);
	if (err == ERR_OK && (anew ||
	    db_connection(w->to.db) != w->connection)) {
		w->connection = db_connection(w->to.db);
		shipper_forget(w);
	}
	return err;
}

/*
 * Ships the batch, with all of ONE up to NEXT; if the database has come to
 * another position meanwhile it is asked where.
 */
static enum err
shipper_send(struct shipper_work *w, struct shipper_one *one, uint64_t next,
    uint64_t lost, int64_t complete)
{
	bool taken;
	enum err err = store_batch_ship(w->batch, w->to.db, next, lost,
	    complete > 0 ? complete : 0, &taken);

	if (err != ERR_OK)
		return err;
	if (!taken) {
		one->number = 0;
		return ERR_OK;
	}
	one->from = next;
	one->noted = clock_mono_ms();
	journal_release(one->journal, next);
	metrics_add(METRICS_JOURNAL_BATCHES, 0, 1);
	return ERR_OK;
}

/* Tells the database of positions that are here no longer and never came. */
static enum err
shipper_gap(struct shipper_work *w, struct shipper_one *one)
{
	uint64_t first = journal_first(one->journal);
	enum err err;

	if (one->from >= first)
		return ERR_OK;
	log_event(LOG_LEVEL_ERROR, "journal_gap",
	    LOG_I("from", (int64_t)one->from), LOG_I("to", (int64_t)first));
	err = store_batch_begin(w->batch, one->number, one->from,
	    clock_wall_us());
	return err == ERR_OK ?
	    shipper_send(w, one, first, first - one->from, 0) : err;
}

/* Asks the database where to go on, if that is not known. */
static enum err
shipper_open(struct shipper_work *w, struct shipper_one *one)
{
	enum err err;

	if (one->number != 0)
		return ERR_OK;
	err = store_usage_open(w->to.db, journal_id(one->journal),
	    str_of(w->host), str_of(w->program), journal_first(one->journal),
	    &one->number, &one->from);
	if (err == ERR_OK)
		err = shipper_gap(w, one);
	if (err == ERR_OK)
		journal_release(one->journal, one->from);
	return err;
}

/* How many of the COUNT entries are of the first one's day. */
static size_t
shipper_one_day(const struct shipper_work *w, size_t count)
{
	size_t n = 0;

	while (n < count && store_batch_same_day(w->entries[0].at,
	    w->entries[n].at))
		n++;
	return n;
}

/*
 * Reads what comes next of ONE, all of one day; how many, and up to where. In
 * COMPLETE from when on there may be more.
 */
static size_t
shipper_read(struct shipper_work *w, struct shipper_one *one, uint64_t *next,
    uint64_t *lost, int64_t *complete)
{
	int64_t now = clock_wall_us();
	uint64_t end = journal_next(one->journal);
	size_t count, day;

	count = journal_read(one->journal, one->from, w->most, w->entries,
	    w->pos, next, lost);
	day = shipper_one_day(w, count);
	if (day < count)
		count = journal_read(one->journal, one->from, day, w->entries,
		    w->pos, next, lost);
	*complete = (count > 0 ? w->entries[count - 1].at : 0) - SHIPPER_SPAN;
	if (*next >= end)
		*complete = now - SHIPPER_SPAN;
	return count;
}

/* Ships a batch of ONE, if there is anything. */
static enum err
shipper_batch(struct shipper_work *w, struct shipper_one *one)
{
	uint64_t next, lost;
	int64_t complete;
	size_t count = shipper_read(w, one, &next, &lost, &complete);
	enum err err;

	if (next == one->from)
		return ERR_OK;
	err = store_batch_begin(w->batch, one->number, one->from,
	    count > 0 ? w->entries[0].at : clock_wall_us());
	for (size_t i = 0; i < count && err == ERR_OK; i++)
		err = store_batch_add(w->batch, &w->entries[i], w->pos[i]);
	if (err == ERR_OK)
		err = shipper_send(w, one, next, lost, complete);
	if (err == ERR_OK && one->from == next)
		metrics_add(METRICS_JOURNAL_SHIPPED, 0, (int64_t)count);
	return err;
}

/* Larger ones after a batch that came in, smaller ones where it is slow. */
static void
shipper_adapt(struct shipper_work *w, enum err err)
{
	w->most = err == ERR_OK ? w->most * 2 : w->most / 2;
	if (w->most < SHIPPER_LEAST)
		w->most = SHIPPER_LEAST;
	if (w->most > STORE_BATCH_MAX)
		w->most = STORE_BATCH_MAX;
}

/* Whether the end has come, and its deadline passed. */
static bool
shipper_is_late(void)
{
	int64_t deadline = atomic_load(&shipper.deadline);

	return deadline != 0 && clock_mono_ms() >= deadline;
}

/*
 * Ships what ONE has now, in BATCHES at most. What comes meanwhile waits for
 * the next time: else they would become ever smaller.
 */
static enum err
shipper_ship(struct shipper_work *w, struct shipper_one *one, size_t batches)
{
	uint64_t end = journal_next(one->journal), before;
	enum err err = shipper_connect(w);

	if (err == ERR_OK)
		err = shipper_open(w, one);
	for (size_t i = 0; i < batches && err == ERR_OK && one->number != 0 &&
	    one->from < end && !shipper_is_late(); i++) {
		before = one->from;
		err = shipper_batch(w, one);
		shipper_adapt(w, err);
		if (one->from == before)
			break;
	}
	/* Whatever it was, the database knows how far it came. */
	if (err != ERR_OK)
		one->number = 0;
	return err;
}

/* Says that ONE, which is shipped, is complete; CLOSED: and for good. */
static enum err
shipper_note(struct shipper_work *w, struct shipper_one *one, bool closed)
{
	int64_t complete = clock_wall_us() - (closed ? 0 : SHIPPER_SPAN);
	bool known;
	enum err err = store_usage_note(w->to.db, one->number, one->from,
	    complete, closed, &known);

	if (err != ERR_OK || !known)
		one->number = 0;
	one->noted = clock_mono_ms();
	return err;
}

/* How much of the own journal waits, if that is known. */
static int64_t
shipper_waiting(const struct shipper_work *w)
{
	return w->own.number == 0 ? 0 :
	    (int64_t)(journal_next(w->own.journal) - w->own.from);
}

/* Takes over what dead processes left. */
static void
shipper_adopt(struct shipper_work *w)
{
	for (size_t i = 0; i < SHIPPER_ADOPTED; i++) {
		struct shipper_one *one = &w->adopted[i];

		if (one->journal != NULL)
			continue;
		one->journal = journal_adopt();
		if (one->journal == NULL)
			return;
		one->number = 0;
		metrics_add(METRICS_JOURNAL_ADOPTED, 0, 1);
		log_event(LOG_LEVEL_NOTICE, "journal_adopted",
		    LOG_I("entries", (int64_t)(journal_next(one->journal) -
		    journal_first(one->journal))));
	}
}

/* Closes ONE, to which nobody appends, and lets go of it if all is shipped. */
static enum err
shipper_close(struct shipper_work *w, struct shipper_one *one)
{
	enum err err;

	if (one->number == 0 || one->from < journal_next(one->journal))
		return ERR_OK;
	err = shipper_note(w, one, true);
	if (err == ERR_OK && one->number != 0) {
		journal_finish(one->journal);
		*one = (struct shipper_one){ .journal = NULL };
	}
	return err;
}

/* A batch of each adopted journal: what comes to the own one cannot wait. */
static enum err
shipper_ship_adopted(struct shipper_work *w)
{
	enum err err = ERR_OK;

	w->behind = false;
	for (size_t i = 0; i < SHIPPER_ADOPTED && err == ERR_OK &&
	    !shipper_is_late(); i++) {
		struct shipper_one *one = &w->adopted[i];

		if (one->journal == NULL)
			continue;
		err = shipper_ship(w, one, 1);
		if (err == ERR_OK)
			err = shipper_close(w, one);
		w->behind = w->behind || one->journal != NULL;
	}
	return err;
}

/* Tells when shipping begins to fail and when it works again. */
static void
shipper_tell(struct shipper_work *w, enum err err)
{
	if (err != ERR_OK) {
		metrics_add(METRICS_JOURNAL_SHIP_FAILURES, 0, 1);
		w->rest_until = clock_mono_ms() + SHIPPER_REST;
	}
	if (err != ERR_OK && !w->failing)
		log_event(LOG_LEVEL_WARNING, "shipping_failed",
		    LOG_S("reason", err_code(err)),
		    LOG_S("message", w->to.db != NULL ?
		    db_message(w->to.db) : ""));
	else if (err == ERR_OK && w->failing)
		log_event(LOG_LEVEL_NOTICE, "shipping_works",
		    LOG_I("waiting", shipper_waiting(w)));
	w->failing = err != ERR_OK;
}

/* Ships what there is of the own journal, and something of the others. */
static void
shipper_round(struct shipper_work *w)
{
	enum err err = shipper_ship(w, &w->own, SIZE_MAX);

	w->shipped_at = clock_mono_ms();
	if (err == ERR_OK && w->own.number != 0 && shipper_waiting(w) == 0 &&
	    w->shipped_at - w->own.noted >= SHIPPER_NOTE)
		err = shipper_note(w, &w->own, false);
	if (err == ERR_OK)
		err = shipper_ship_adopted(w);
	shipper_tell(w, err);
}

/* A look at whether there is anything to do. */
static void
shipper_look(struct shipper_work *w)
{
	int64_t now = clock_mono_ms();

	if (now < w->rest_until)
		return;
	if (now - w->adopted_at >= SHIPPER_EVERY) {
		shipper_adopt(w);
		w->adopted_at = now;
	}
	if (now - w->shipped_at >= SHIPPER_EVERY || w->behind ||
	    shipper_waiting(w) >= SHIPPER_MANY)
		shipper_round(w);
}

/* The end: the own journal, too, is shipped whole. */
static void
shipper_leave(struct shipper_work *w)
{
	enum err err;

	/*
	 * A database that was down a moment ago is not waited for; and no time
	 * is left where the journal's own thread may still be at the disk.
	 */
	if (shipper_is_late() || w->failing)
		return;
	err = shipper_ship(w, &w->own, SIZE_MAX);
	if (err == ERR_OK)
		err = shipper_close(w, &w->own);
	shipper_tell(w, err);
}

static void
shipper_free(struct shipper_work *w)
{
	if (w == NULL)
		return;
	db_close(w->to.db);
	store_batch_close(w->batch);
	free(w);
}

static void *
shipper_run(void *arg)
{
	struct shipper_work *w = arg;
	struct pollfd stop = { .fd = shipper.stop, .events = POLLIN };

	do
		shipper_look(w);
	while (poll(&stop, 1, SHIPPER_LOOK) == 0);
	shipper_leave(w);
	shipper_free(w);
	atomic_store(&shipper.ended, true);
	return NULL;
}

static struct shipper_work *
shipper_open_work(void)
{
	struct shipper_work *w = calloc(1, sizeof(*w));

	if (w == NULL || (w->batch = store_batch_open()) == NULL) {
		shipper_free(w);
		return NULL;
	}
	w->own.journal = journal_own();
	w->program = shipper.target.program;
	w->most = STORE_BATCH_MAX;
	if (gethostname(w->host, sizeof(w->host) - 1) != 0 ||
	    w->host[0] == '\0')
		memcpy(w->host, "unknown", sizeof("unknown"));
	return w;
}

enum err
shipper_start(void)
{
	struct shipper_work *w;

	if (journal_own() == NULL)
		return ERR_OK;
	w = shipper_open_work();
	if (w == NULL)
		return ERR_MEMORY;
	shipper.stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (shipper.stop < 0 ||
	    pthread_create(&shipper.thread, NULL, shipper_run, w) != 0) {
		base_close(&shipper.stop);
		shipper_free(w);
		return ERR_SYSTEM;
	}
	atomic_store(&shipper.started, true);
	return ERR_OK;
}

bool
shipper_stop(int64_t deadline)
{
	const struct timespec step = { .tv_nsec = SHIPPER_STEP };
	int64_t most = clock_mono_ms() + SHIPPER_STOP;
	uint64_t one = 1;

	if (!atomic_exchange(&shipper.started, false))
		return true;
	if (deadline > most)
		deadline = most;
	atomic_store(&shipper.deadline, deadline);
	if (write(shipper.stop, &one, sizeof(one)) != (ssize_t)sizeof(one))
		abort();
	while (!atomic_load(&shipper.ended)) {
		if (clock_mono_ms() >= deadline)
			return false;
		(void)nanosleep(&step, NULL);
	}
	if (pthread_join(shipper.thread, NULL) != 0)
		return false;
	base_close(&shipper.stop);
	return true;
}
