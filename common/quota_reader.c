/* SPDX-License-Identifier: ISC */
#include "quota_reader.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "db_target.h"
#include "log.h"
#include "quota.h"
#include "store_quota.h"

#define QUOTA_READER_EVERY 1000		/* ms between two rounds */
#define QUOTA_READER_STEP 2000000	/* ns between two looks at its end */

static struct {
	struct db_target target;
	pthread_t thread;
	int stop;			/* eventfd */
	bool started;
	_Atomic bool ended;
} quota_reader = {
	.target = DB_TARGET_INIT,
	.stop = -1,
};

/* What the thread alone uses. */
struct quota_reader_task {
	struct db_target_user from;
	bool failing;
	char ids[STORE_QUOTA_BATCH][DECISION_ID_SIZE];
	int32_t used[STORE_QUOTA_BATCH];
};

void
quota_reader_set(const struct db_options *options)
{
	db_target_set(&quota_reader.target, options);
}

static enum err
quota_reader_ask(struct quota_reader_task *task, size_t count, int64_t day)
{
	/* A question that waits is no reason to refuse checks: no breaker. */
	const struct db_options how = { .breaker = false };
	bool anew;
	enum err err = db_target_open(&quota_reader.target, &task->from, &how,
	    &anew);

	if (err == ERR_OK)
		err = store_quota_read(task->from.db, task->ids, count, day,
		    task->used);
	for (size_t i = 0; i < count && err == ERR_OK; i++)
		quota_learn(str_of(task->ids[i]), day, task->used[i]);
	return err;
}

/* Learns of all keys that were charged since the last round. */
static void
quota_reader_round(struct quota_reader_task *task)
{
	enum err err = ERR_OK;
	size_t from = 0, count = STORE_QUOTA_BATCH;
	int64_t day = tally_day(clock_wall_us());

	while (count == STORE_QUOTA_BATCH && err == ERR_OK) {
		count = quota_stale(&from, task->ids, STORE_QUOTA_BATCH);
		if (count > 0)
			err = quota_reader_ask(task, count, day);
	}
	if ((err != ERR_OK) != task->failing)
		log_event(LOG_LEVEL_WARNING, "quotas",
		    LOG_S("read", err_code(err)));
	task->failing = err != ERR_OK;
}

static void *
quota_reader_run(void *arg)
{
	struct quota_reader_task *task = arg;
	struct pollfd stop = { .fd = quota_reader.stop, .events = POLLIN };

	while (poll(&stop, 1, QUOTA_READER_EVERY) == 0)
		quota_reader_round(task);
	db_close(task->from.db);
	free(task);
	atomic_store(&quota_reader.ended, true);
	return NULL;
}

enum err
quota_reader_start(void)
{
	struct quota_reader_task *task = calloc(1, sizeof(*task));

	quota_reader.stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (task == NULL || quota_reader.stop < 0 ||
	    pthread_create(&quota_reader.thread, NULL, quota_reader_run,
	    task) != 0) {
		base_close(&quota_reader.stop);
		free(task);
		return ERR_SYSTEM;
	}
	quota_reader.started = true;
	return ERR_OK;
}

bool
quota_reader_stop(int64_t deadline)
{
	const struct timespec step = { .tv_nsec = QUOTA_READER_STEP };
	uint64_t one = 1;

	if (!quota_reader.started)
		return true;
	quota_reader.started = false;
	if (write(quota_reader.stop, &one, sizeof(one)) !=
	    (ssize_t)sizeof(one))
		abort();
	while (!atomic_load(&quota_reader.ended)) {
		if (clock_mono_ms() >= deadline)
			return false;
		(void)nanosleep(&step, NULL);
	}
	if (pthread_join(quota_reader.thread, NULL) != 0)
		return false;
	base_close(&quota_reader.stop);
	return true;
}
