/* SPDX-License-Identifier: ISC */
/*
 * cache [layer 8]: what a look into the cache costs, and how many looks find
 * what they want. For people; never installed, no test.
 *
 *	cache [ENTRIES]		default 100000
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cache.h"

#define BENCH_LOOKS 4000000
#define BENCH_ENTRIES 100000
#define BENCH_UNKNOWN 16384

/* Ranks of the mixes: ten times as many keys as there is room for. */
#define BENCH_TIMES 10

struct bench {
	struct cache *cache;
	size_t entries;
	double *sums;			/* of 1/rank up to each of the ranks */
	uint64_t seed;
};

static void
bench_fail(const char *what)
{
	(void)fprintf(stderr, "cache: %s\n", what);
	exit(1);
}

static uint64_t
bench_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Of key N. Made anew each time, as of a key that has just come in. */
static struct digest
bench_digest(size_t n)
{
	struct digest digest;
	uint64_t word = n + 1;

	for (size_t i = 0; i < DIGEST_SIZE; i += sizeof(word)) {
		(void)bench_next(&word);
		memcpy(digest.bytes + i, &word, sizeof(word));
	}
	return digest;
}

/* Nanoseconds of the processor: others may be at work on this machine. */
static double
bench_clock(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* A rank of 0 up: each as often as 1 / (rank + 1) says (Zipf). */
static size_t
bench_zipf(struct bench *b)
{
	size_t from = 0, to = b->entries * BENCH_TIMES - 1;
	double at = (double)(bench_next(&b->seed) >> 11) / 9007199254740992.0 *
	    b->sums[to];

	while (from < to) {
		size_t middle = (from + to) / 2;

		if (b->sums[middle] < at)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void
bench_put(struct bench *b, size_t n)
{
	const struct cache_entry entry = {
		.tag = { .epoch = 2, .asof = 1 },
		.marks = { 1, 2 },
		.mark_count = 2,
	};
	const struct digest digest = bench_digest(n);
	const struct decision_record record = {
		.account = (int64_t)n + 1,
		.account_status = DECISION_ACTIVE,
		.plan_active = true,
		.key_id = "key_0123456789abcdef",
		.key_name = "backend of the shop",
		.secret_version = 1,
		.role = ROLE_WRITE,
		.environment = "live",
		.region = "eu",
		.api_host = "api.eu.example.com",
		.plan_rate = { 100, 1000 },
	};

	cache_put(b->cache, &digest, &entry, &record);
}

static bool
bench_get(struct bench *b, size_t n)
{
	const struct digest digest = bench_digest(n);
	struct decision_record record;
	struct cache_entry entry;

	return cache_get(b->cache, &digest, &entry, &record) &&
	    (entry.unknown || record.account == (int64_t)n + 1);
}

static void
bench_again(struct bench *b, size_t entries)
{
	const struct cache_limits limits = {
		entries, entries * 1024, BENCH_UNKNOWN,
	};

	cache_free(b->cache);
	b->cache = cache_new(&limits);
	if (b->cache == NULL)
		bench_fail("no memory");
}

/* LOOKS looks at digests FROM up to TO, by chance. */
static void
bench_time(struct bench *b, const char *what, size_t from, size_t to)
{
	double begin = bench_clock();
	size_t found = 0;

	for (size_t i = 0; i < BENCH_LOOKS; i++)
		found += bench_get(b, from + bench_next(&b->seed) %
		    (to - from));
	printf("%-28s %6.1f ns, %5.1f %% found\n", what,
	    (bench_clock() - begin) / BENCH_LOOKS,
	    100.0 * (double)found / BENCH_LOOKS);
}

static void
bench_put_all(struct bench *b, const char *what, size_t from, size_t to)
{
	double begin = bench_clock();

	for (size_t i = from; i < to; i++)
		bench_put(b, i);
	printf("%-28s %6.1f ns\n", what,
	    (bench_clock() - begin) / (double)(to - from));
}

static void
bench_times(struct bench *b)
{
	const struct cache_entry unknown = {
		.unknown = true, .tag = { .epoch = 2, .asof = 1 }, .until = 1,
	};
	struct cache_size size;
	struct digest digest;

	/* A bit more room: no part is full before the others. */
	bench_again(b, b->entries / 4 * 5);
	bench_put_all(b, "put, with room", 0, b->entries);
	size = cache_size(b->cache);
	printf("%-28s %zu records of %zu bytes each\n", "kept", size.entries,
	    size.bytes / size.entries);
	bench_time(b, "hit, one key", 0, 1);
	bench_time(b, "hit, 1000 keys", 0, 1000);
	bench_time(b, "hit, all keys", 0, b->entries);
	bench_time(b, "miss", b->entries, 2 * b->entries);
	for (size_t i = 0; i < BENCH_UNKNOWN; i++) {
		digest = bench_digest(2 * b->entries + i);
		cache_put(b->cache, &digest, &unknown, NULL);
	}
	bench_time(b, "hit, unknown keys", 2 * b->entries,
	    2 * b->entries + BENCH_UNKNOWN);
	bench_put_all(b, "put, another goes for it", 3 * b->entries,
	    8 * b->entries);
}

/*
 * How often keys that are asked for as Zipf says are found; SCAN: two of three
 * looks are of somebody who goes through all the keys in turn.
 */
static void
bench_mix(struct bench *b, const char *what, bool scan)
{
	size_t found = 0, at = b->entries, asked = 0;

	bench_again(b, b->entries);
	for (size_t i = 0; i < BENCH_LOOKS; i++) {
		bool passing = scan && i % 3 != 0;
		size_t n = bench_zipf(b);

		if (passing)
			n = at = (at + 1) % (b->entries * BENCH_TIMES);
		if (!bench_get(b, n))
			bench_put(b, n);
		else if (!passing && i >= BENCH_LOOKS / 2)
			found++;
		asked += !passing && i >= BENCH_LOOKS / 2;
	}
	printf("%-28s %5.1f %% found\n", what,
	    100.0 * (double)found / (double)asked);
}

static void
bench_open(struct bench *b)
{
	size_t count = b->entries * BENCH_TIMES;
	double sum = 0;

	b->sums = calloc(count, sizeof(*b->sums));
	if (b->sums == NULL)
		bench_fail("no memory");
	for (size_t i = 0; i < count; i++) {
		sum += 1.0 / (double)(i + 1);
		b->sums[i] = sum;
	}
}

int
main(int argc, char **argv)
{
	struct bench b = { .entries = BENCH_ENTRIES, .seed = 1 };
	uint64_t entries;

	if (argc > 2 || (argc == 2 && (!str_u64(str_of(argv[1]), 10000000,
	    &entries) || entries < BENCH_UNKNOWN)))
		bench_fail("usage: cache [ENTRIES]");
	if (argc == 2)
		b.entries = entries;
	bench_open(&b);
	bench_times(&b);
	bench_mix(&b, "Zipf, room for a tenth", false);
	bench_mix(&b, "the same beside a scan", true);
	cache_free(b.cache);
	free(b.sums);
	return 0;
}
