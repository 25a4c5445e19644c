/* SPDX-License-Identifier: ISC */
/*
 * cache_test: what comes out is what went in last, whatever the order; bounds
 * hold; unknown keys push no record out; nobody chooses another's place.
 */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>

#include "cache.h"

/* What a record was read under; where is not the cache's business. */
#define TAG(when, number) \
	(struct page_tag){ .epoch = (when), .asof = (number) }

#define EPOCH 2
#define ROOM ((size_t)1 << 24)

static struct digest
digest_of(uint64_t n)
{
	struct digest digest = { { 0 } };

	memcpy(digest.bytes, &n, sizeof(n));
	return digest;
}

/* Record VERSION of key N; its size depends on both. */
static struct decision_record
record_of(uint64_t n, int32_t version)
{
	struct decision_record record = {
		.account = (int64_t)n + 1,
		.secret_version = version,
		.account_status = DECISION_ACTIVE,
		.key_id = "key_0123456789abcdef",
	};

	memset(record.key_name, 'a' + version % 26,
	    (size_t)version * 7 % 400);
	return record;
}

static void
put(struct cache *cache, uint64_t n, struct page_tag tag, int32_t version)
{
	const struct cache_entry entry = {
		.tag = tag,
		.marks = { (uint32_t)n, (uint32_t)version, 3, 4 },
		.mark_count = 1 + (size_t)version % PAGE_DEPENDS,
	};
	const struct decision_record record = record_of(n, version);
	const struct digest digest = digest_of(n);

	cache_put(cache, &digest, &entry, &record);
}

/* The version takes the place of the time: it comes back, too. */
static void
put_unknown(struct cache *cache, uint64_t n, struct page_tag tag,
    int64_t until)
{
	const struct cache_entry entry = {
		.unknown = true,
		.tag = tag,
		.until = until,
	};
	const struct digest digest = digest_of(n);

	cache_put(cache, &digest, &entry, NULL);
}

/*
 * What is there for N, checked against what was put: 0 nothing, 1 a record, -1
 * that it is unknown. VERSION gets the version or time.
 */
static int
look(struct cache *cache, uint64_t n, struct page_tag *tag, int64_t *version)
{
	const struct digest digest = digest_of(n);
	struct decision_record record, want;
	struct cache_entry entry;

	if (!cache_get(cache, &digest, &entry, &record))
		return 0;
	*tag = entry.tag;
	*version = entry.until;
	if (entry.unknown) {
		assert_int_equal(entry.mark_count, 0);
		return -1;
	}
	*version = record.secret_version;
	want = record_of(n, record.secret_version);
	assert_int_equal(record.account, want.account);
	assert_string_equal(record.key_name, want.key_name);
	assert_string_equal(record.key_id, want.key_id);
	assert_int_equal(entry.mark_count, 1 + *version % PAGE_DEPENDS);
	assert_int_equal(entry.marks[0], n);
	if (entry.mark_count > 1)
		assert_int_equal(entry.marks[1], *version);
	return 1;
}

static bool
has(struct cache *cache, uint64_t n)
{
	struct page_tag tag;
	int64_t version;

	return look(cache, n, &tag, &version) != 0;
}

static void
assert_bounds(struct cache *cache, const struct cache_limits *limits)
{
	struct cache_size size = cache_size(cache);

	assert_true(size.entries <= limits->entries);
	assert_true(size.bytes <= limits->bytes);
	assert_true(size.unknown <= limits->unknown);
}

/* --- Against a model --- */

#define MODEL_KEYS 150
#define MODEL_PUTS 8
#define MODEL_STEPS 20000

/* What may be there for one key, beside nothing. */
struct model_put {
	struct page_tag tag;
	bool unknown;
	int64_t version;
};
struct model_key {
	size_t count;
	struct model_put puts[MODEL_PUTS];
};
struct model {
	struct cache *cache;
	bool roomy;			/* nothing has to go */
	uint64_t seed;
	uint64_t epoch;
	struct model_key keys[MODEL_KEYS];
};

static bool
model_stays(const struct model_put *old, const struct model_put *new)
{
	if (old->tag.epoch != new->tag.epoch)
		return old->tag.epoch > new->tag.epoch;
	if (old->tag.asof != new->tag.asof)
		return old->tag.asof > new->tag.asof;
	return new->unknown && !old->unknown;
}

/* From now on what was seen is there, and nothing else; perhaps nothing. */
static void
model_get(struct model *m, uint64_t n)
{
	struct model_key *key = &m->keys[n];
	struct page_tag tag;
	int64_t version;
	int found = look(m->cache, n, &tag, &version);

	for (size_t i = 0; i < key->count && found != 0; i++) {
		struct model_put seen = key->puts[i];

		if (seen.unknown == (found < 0) && seen.version == version &&
		    seen.tag.epoch == tag.epoch && seen.tag.asof == tag.asof) {
			key->puts[0] = seen;
			key->count = 1;
			return;
		}
	}
	assert_int_equal(found, 0);
	key->count = 0;
}

static void
model_put(struct model *m, uint64_t n, int32_t version)
{
	struct model_key *key = &m->keys[n];
	struct model_put new = {
		.unknown = unit_next(&m->seed) % 3 == 0,
		.version = version,
		.tag = TAG(m->epoch,
		    (int64_t)(unit_next(&m->seed) % 6)),
	};
	size_t count = 0;

	if (key->count == MODEL_PUTS)
		model_get(m, n);
	/* Now and then one that was on its way while epochs went by. */
	if (unit_next(&m->seed) % 8 == 0)
		new.tag.epoch -= 2 * (unit_next(&m->seed) % 2);
	if (new.unknown)
		put_unknown(m->cache, n, new.tag, version);
	else
		put(m->cache, n, new.tag, version);
	for (size_t i = 0; i < key->count; i++)
		if (model_stays(&key->puts[i], &new))
			key->puts[count++] = key->puts[i];
	/* What was there may have gone before, unless there is room for all. */
	if (count == 0 || !m->roomy)
		key->puts[count++] = new;
	key->count = count;
}

static void
model_run(const struct cache_limits *limits, uint64_t seed)
{
	struct model m = {
		.cache = cache_new(limits),
		.roomy = limits->entries == ROOM && limits->bytes == ROOM,
		.seed = seed,
		.epoch = EPOCH,
	};
	struct cache_size size;
	size_t there = 0;

	assert_non_null(m.cache);
	for (int32_t i = 0; i < MODEL_STEPS; i++) {
		uint64_t n = unit_next(&m.seed) % MODEL_KEYS;

		if (unit_next(&m.seed) % 2 == 0)
			model_get(&m, n);
		else
			model_put(&m, n, i);
		if (unit_next(&m.seed) % 500 == 0)
			m.epoch += 2;
		assert_bounds(m.cache, limits);
	}
	for (uint64_t n = 0; n < MODEL_KEYS; n++) {
		model_get(&m, n);
		there += m.keys[n].count;
	}
	/* Nothing is counted that is not there, and the other way round. */
	size = cache_size(m.cache);
	assert_int_equal(size.entries + size.unknown, there);
	cache_free(m.cache);
}

static void
test_it_is_what_went_in(void **state)
{
	const struct cache_limits limits[] = {
		{ ROOM, ROOM, 64 * 256 },
		{ 20, ROOM, 4 },
		{ 1, ROOM, 1 },
		{ ROOM, 8000, 30 },
		{ ROOM, 500, 3 },
		{ 64, 64 * 65536, 256 },
		{ 0, ROOM, 10 },
		{ 20, ROOM, 0 },
		{ 10, 100, 0 },
		{ 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		model_run(&limits[i], 0x9e3779b97f4a7c15 + i);
}

/* --- Rules, one by one --- */

static void
test_nothing_is_lost_while_there_is_room(void **state)
{
	const struct cache_limits limits = { 20000, ROOM, 64 * 256 };
	struct cache *cache = cache_new(&limits);

	(void)state;
	assert_non_null(cache);
	for (uint64_t n = 0; n < 10000; n++)
		put(cache, n, TAG(EPOCH, 1), 1);
	for (uint64_t n = 0; n < 10000; n++)
		assert_true(has(cache, n));
	assert_int_equal(cache_size(cache).entries, 10000);
	cache_free(cache);
}

static void
test_the_newest_tag_stays(void **state)
{
	const struct cache_limits limits = { 100, ROOM, 100 };
	struct cache *cache = cache_new(&limits);
	struct page_tag tag;
	int64_t version;

	(void)state;
	assert_non_null(cache);
	put(cache, 1, TAG(EPOCH, 5), 10);
	put(cache, 1, TAG(EPOCH, 4), 11);
	put_unknown(cache, 1, TAG(EPOCH, 4), 12);
	/* Made between two look-ups: no change that has a number. */
	put_unknown(cache, 1, TAG(EPOCH, 5), 13);
	assert_int_equal(look(cache, 1, &tag, &version), 1);
	assert_int_equal(version, 10);
	put_unknown(cache, 1, TAG(EPOCH, 6), 14);
	assert_int_equal(look(cache, 1, &tag, &version), -1);
	assert_int_equal(version, 14);
	assert_int_equal(cache_size(cache).entries, 0);
	put(cache, 1, TAG(EPOCH, 5), 15);
	assert_int_equal(look(cache, 1, &tag, &version), -1);
	put(cache, 1, TAG(EPOCH, 6), 16);
	assert_int_equal(look(cache, 1, &tag, &version), 1);
	assert_int_equal(version, 16);
	assert_int_equal(cache_size(cache).unknown, 0);
	/* Another epoch's numbers mean nothing here. */
	put(cache, 1, TAG(EPOCH + 2, 1), 17);
	put(cache, 1, TAG(EPOCH, 9), 18);
	assert_int_equal(look(cache, 1, &tag, &version), 1);
	assert_int_equal(version, 17);
	cache_free(cache);
}

/* However much what is of a past epoch is used, what is current stays. */
static void
test_past_epochs_go_first(void **state)
{
	const struct cache_limits limits = { 16, ROOM, 4 };
	struct cache *cache = cache_new(&limits);

	(void)state;
	assert_non_null(cache);
	for (uint64_t n = 0; n < 16; n++)
		put(cache, n, TAG(EPOCH, 1), 1);
	for (uint64_t n = 100; n < 116; n++) {
		for (uint64_t k = 0; k < 16; k++)
			(void)has(cache, k);
		put(cache, n, TAG(EPOCH + 2, 1), 1);
	}
	for (uint64_t n = 100; n < 116; n++)
		assert_true(has(cache, n));
	/* On its way for long: it would never count. */
	put(cache, 0, TAG(EPOCH, 9), 1);
	put_unknown(cache, 1, TAG(EPOCH, 9), 1);
	assert_false(has(cache, 0));
	assert_false(has(cache, 1));
	cache_free(cache);
}

/* What is used stays while five times as many pass by that are used once. */
static void
test_what_is_used_stays(void **state)
{
	const struct cache_limits limits = { 100, ROOM, 0 };
	struct cache *cache = cache_new(&limits);
	struct page_tag tag = TAG(EPOCH, 1);

	(void)state;
	assert_non_null(cache);
	for (uint64_t n = 0; n < 10; n++)
		put(cache, n, tag, 1);
	for (uint64_t n = 0; n < 500; n++) {
		put(cache, 1000 + n, tag, 1);
		if (n % 10 == 0)
			for (uint64_t k = 0; k < 10; k++)
				assert_true(has(cache, k));
	}
	cache_free(cache);
}

static void
test_a_flood_of_unknown_keys(void **state)
{
	const struct cache_limits limits = { 6400, ROOM, 1024 };
	struct cache *cache = cache_new(&limits);
	struct page_tag tag = TAG(EPOCH, 1);

	(void)state;
	assert_non_null(cache);
	for (uint64_t n = 0; n < 1000; n++)
		put(cache, n, tag, 1);
	for (uint64_t n = 0; n < 10 * limits.unknown; n++) {
		put_unknown(cache, 1000 + n, tag, 1);
		assert_true(has(cache, 1000 + n));
	}
	for (uint64_t n = 0; n < 1000; n++)
		assert_true(has(cache, n));
	assert_bounds(cache, &limits);
	cache_free(cache);
}

/* Marks that are not kept would make an entry outlive what ends it. */
static void
test_what_is_never_kept(void **state)
{
	const struct cache_limits limits = { 100, ROOM, 100 };
	struct cache *cache = cache_new(&limits);
	const struct decision_record good = record_of(1, 1);
	struct decision_record bad = good;
	const struct digest digest = digest_of(1);
	struct cache_entry entry = { .mark_count = PAGE_DEPENDS + 1 };

	(void)state;
	assert_non_null(cache);
	cache_put(cache, &digest, &entry, &good);
	entry.mark_count = 0;
	cache_put(cache, &digest, &entry, NULL);
	bad.role = ROLE__COUNT;
	cache_put(cache, &digest, &entry, &bad);
	entry.unknown = true;
	cache_put(cache, &digest, &entry, &good);
	entry.mark_count = 1;
	cache_put(cache, &digest, &entry, NULL);
	assert_false(has(cache, 1));
	cache_free(NULL);
	cache_free(cache);
}

/*
 * Digests that are alike in all but a few bits spread as others do, and not
 * the same way in two processes: whom they push out cannot be chosen.
 */
static void
test_places_are_drawn(void **state)
{
	const struct cache_limits limits = { 100, ROOM, 1024 };
	struct cache *a = cache_new(&limits), *b = cache_new(&limits);
	size_t both = 0, one = 0;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	for (uint64_t n = 0; n < 2048; n++) {
		put_unknown(a, n << 48, TAG(EPOCH, 1), 1);
		put_unknown(b, n << 48, TAG(EPOCH, 1), 1);
	}
	for (uint64_t n = 0; n < 2048; n++) {
		bool in_a = has(a, n << 48), in_b = has(b, n << 48);

		both += in_a && in_b;
		one += in_a != in_b;
	}
	assert_true(2 * both + one > 1024);
	assert_true(one > 0);
	cache_free(a);
	cache_free(b);
}

/* --- Threads --- */

#define THREADS 4
#define THREAD_STEPS 20000
#define THREAD_KEYS 300

struct crowd {
	struct cache *cache;
	const struct cache_limits *limits;
	uint64_t seed;
	bool broken;
};

/* No assertions: cmocka's only work in the first thread. */
static void *
crowd_run(void *arg)
{
	struct crowd *c = arg;

	for (int32_t i = 0; i < THREAD_STEPS; i++) {
		uint64_t n = unit_next(&c->seed) % THREAD_KEYS;
		struct page_tag tag = TAG(EPOCH + (uint64_t)i / 1000 * 2, i);
		const struct digest digest = digest_of(n);
		struct decision_record record, want;
		struct cache_entry entry;

		if (unit_next(&c->seed) % 4 == 0)
			put(c->cache, n, tag, i);
		else if (unit_next(&c->seed) % 8 == 0)
			put_unknown(c->cache, n, tag, i);
		else if (cache_get(c->cache, &digest, &entry, &record) &&
		    !entry.unknown) {
			want = record_of(n, record.secret_version);
			c->broken |= record.account != want.account ||
			    strcmp(record.key_name, want.key_name) != 0 ||
			    entry.tag.asof != record.secret_version;
		}
		if (i % 1000 == 0)
			c->broken |= cache_size(c->cache).entries >
			    c->limits->entries;
	}
	return NULL;
}

static void
test_threads(void **state)
{
	const struct cache_limits limits = { 200, ROOM, 64 };
	struct cache *cache = cache_new(&limits);
	struct crowd crowds[THREADS];
	pthread_t threads[THREADS];

	(void)state;
	assert_non_null(cache);
	for (size_t i = 0; i < THREADS; i++) {
		crowds[i] = (struct crowd){ cache, &limits, i + 1, false };
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_run,
		    &crowds[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_false(crowds[i].broken);
	}
	assert_bounds(cache, &limits);
	cache_free(cache);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_what_went_in),
		cmocka_unit_test(test_nothing_is_lost_while_there_is_room),
		cmocka_unit_test(test_the_newest_tag_stays),
		cmocka_unit_test(test_past_epochs_go_first),
		cmocka_unit_test(test_what_is_used_stays),
		cmocka_unit_test(test_a_flood_of_unknown_keys),
		cmocka_unit_test(test_what_is_never_kept),
		cmocka_unit_test(test_places_are_drawn),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
