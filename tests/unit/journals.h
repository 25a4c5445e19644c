/* SPDX-License-Identifier: ISC */
/*
 * journals [tests]: what the tests of journals share. A process has one journal
 * of its own, so that each test is played by processes.
 */
#ifndef HASP_JOURNALS_H
#define HASP_JOURNALS_H

#include "unit.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "journal.h"

#define KILO 1024
#define MEGA (KILO * KILO)
#define THREADS 4
#define BATCH 700

static char place[32];
static char folder[64];

static inline int
set_up(void **state)
{
	(void)state;
	(void)snprintf(place, sizeof(place), "/tmp/journal.XXXXXX");
	if (mkdtemp(place) == NULL)
		return -1;
	(void)snprintf(folder, sizeof(folder), "%s/a/b", place);
	return 0;
}

static inline void
sweep(const char *path)
{
	char inner[FOLDER_PATH_SIZE];
	const struct dirent *one;
	DIR *dir = opendir(path);

	while (dir != NULL && (one = readdir(dir)) != NULL) {
		if (strcmp(one->d_name, ".") == 0 ||
		    strcmp(one->d_name, "..") == 0)
			continue;
		(void)snprintf(inner, sizeof(inner), "%.700s/%.200s",
		    path, one->d_name);
		if (unlink(inner) != 0)
			sweep(inner);
	}
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(path);
}

static inline int
tear_down(void **state)
{
	(void)state;
	sweep(place);
	return 0;
}

static inline struct entry
numbered(int64_t n)
{
	struct entry e = { .at = 1000000 + n, .account = n + 1 };

	entry_set_code(&e, ERR_KEY_UNKNOWN);
	return e;
}

static inline void
start(size_t bytes, bool strict)
{
	const struct journal_options options = {
		.folder = folder,
		.bytes = bytes,
		.strict = strict,
	};

	if (journal_start(&options) != ERR_OK)
		_exit(2);
}

/* Runs PART in a process of its own; how it ended. */
static inline int
played(int (*part)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(part());
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

/* What a whole journal holds. */
struct account {
	uint64_t entries, lost, last, next;
	bool ordered;
	uint64_t seen[THREADS];		/* next number of each thread */
};

/* Goes on reading; each thread's entries have to come as it wrote them. */
static inline void
read_on(struct journal *j, struct account *a)
{
	static struct entry out[BATCH];
	static uint64_t pos[BATCH];
	uint64_t from, lost;
	size_t n;

	do {
		from = a->next;
		n = journal_read(j, from, BATCH, out, pos, &a->next, &lost);
		a->lost += lost;
		for (size_t i = 0; i < n; i++) {
			int64_t who = (out[i].at - 1000000) % THREADS;
			uint64_t turn = (uint64_t)(out[i].at - 1000000) /
			    THREADS;

			if (turn != a->seen[who] || pos[i] < from ||
			    pos[i] >= a->next || (i > 0 && pos[i] <=
			    pos[i - 1]) || out[i].account !=
			    out[i].at - 1000000 + 1)
				a->ordered = false;
			a->seen[who] = turn + 1;
		}
		a->entries += n;
	} while (a->next > from);
}

static inline struct account
read_all(struct journal *j)
{
	struct account a = { .ordered = true, .next = journal_first(j) };

	read_on(j, &a);
	return a;
}

/* --- Appending --- */

static _Atomic uint64_t appended[THREADS];
static uint64_t wanted;
static bool patient;

static inline void *
append_some(void *arg)
{
	int64_t who = (int64_t)(intptr_t)arg;

	for (uint64_t i = 0; i < wanted; i++) {
		struct entry e = numbered((int64_t)i * THREADS + who);

		/* Only a reader makes room. */
		while (journal_append(&e) != ERR_OK) {
			if (!patient)
				return arg;
			(void)usleep(1000);
		}
		atomic_fetch_add(&appended[who], 1);
	}
	return NULL;
}

static inline bool
append_by_all(uint64_t each)
{
	pthread_t threads[THREADS];
	void *result;
	bool good = true;

	wanted = each;
	for (intptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, append_some,
		    (void *)i) != 0)
			abort();
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_join(threads[i], &result) != 0)
			abort();
	for (size_t i = 0; i < THREADS; i++)
		good = good && atomic_load(&appended[i]) == each;
	return good;
}

static inline int
play_small_writer(void)
{
	start(MEGA, true);
	return append_by_all(1000) ? 0 : 3;
}

#endif
