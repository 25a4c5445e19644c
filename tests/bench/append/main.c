/* SPDX-License-Identifier: ISC */
/*
 * append [layer 8]: what a journal's entry costs the threads that append, at a
 * pace at which files are made ahead, and as fast as it goes. For people; never
 * installed, no test.
 *
 *	append FOLDER [THREADS]		default 1; FOLDER is used and left
 */
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "journal.h"

#define BENCH_ENTRIES 1000000
#define BENCH_BURST 20000
#define BENCH_PAUSE 400000000	/* ns, between bursts */
#define BENCH_THREADS 64
#define BENCH_BYTES ((size_t)4 << 30)

static void
bench_fail(const char *what)
{
	(void)fprintf(stderr, "append: %s\n", what);
	exit(1);
}

/* Nanoseconds of this thread: others may be at work on this machine. */
static double
bench_clock(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct entry
bench_entry(void)
{
	struct entry e = {
		.at = INT64_C(1893456000000000),
		.identified = true,
		.account = 4711,
		.key_id = "key_0123456789abcdef",
		.version = 1,
		.method = entry_method_of(STR("GET")),
	};

	entry_set_code(&e, ERR_OK);
	entry_set_site(&e, STR("api.example.com"));
	if (entry_set_request(&e, STR("00112233445566778899aabbccddeeff")) !=
	    ERR_OK)
		bench_fail("no request");
	return e;
}

/* Appends COUNT entries; nanoseconds of each. */
static double
bench_burst(size_t count)
{
	const struct entry e = bench_entry();
	double begin = bench_clock();

	for (size_t i = 0; i < count; i++)
		if (journal_append(&e) != ERR_OK)
			bench_fail("the journal is full");
	return (bench_clock() - begin) / (double)count;
}

static void *
bench_run(void *arg)
{
	const struct timespec pause = { .tv_nsec = BENCH_PAUSE };
	double *out = arg;

	for (size_t i = 0; i < 10; i++) {
		(void)nanosleep(&pause, NULL);
		out[0] += bench_burst(BENCH_BURST) / 10;
	}
	out[1] = bench_burst(BENCH_ENTRIES);
	return NULL;
}

int
main(int argc, char **argv)
{
	double took[BENCH_THREADS][2] = { { 0 } }, sum[2] = { 0 };
	pthread_t threads[BENCH_THREADS];
	uint64_t count = 1;

	if (argc < 2 || argc > 3 || (argc == 3 && (!str_u64(str_of(argv[2]),
	    BENCH_THREADS, &count) || count == 0)))
		bench_fail("append FOLDER [THREADS]");
	if (journal_start(&(const struct journal_options){ .folder = argv[1],
	    .bytes = BENCH_BYTES, .strict = true }) != ERR_OK)
		bench_fail("no journal");
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, bench_run,
		    took[i]) != 0)
			bench_fail("no thread");
	for (size_t i = 0; i < count; i++) {
		(void)pthread_join(threads[i], NULL);
		sum[0] += took[i][0];
		sum[1] += took[i][1];
	}
	printf("%u threads: %.0f ns in bursts, %.0f ns without a pause\n",
	    (unsigned int)count, sum[0] / (double)count,
	    sum[1] / (double)count);
	journal_finish(journal_own());
	return 0;
}
