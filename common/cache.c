/* SPDX-License-Identifier: ISC */
#include "cache.h"

#include <pthread.h>
#include <string.h>

#include "secret.h"
#include "shelf.h"
#include "unknown.h"

/* Parts, at most; each has at least room for so much. */
#define CACHE_SHARDS 64
#define CACHE_SHARD_ENTRIES 16
#define CACHE_SHARD_BYTES 65536
#define CACHE_SHARD_UNKNOWN 4

struct cache_shard {
	_Alignas(64) pthread_mutex_t lock;
	struct shelf *shelf;
	struct unknown *unknown;
	uint64_t epoch;			/* the highest that was put */
};

/* Words of a digest that are hashed. */
#define CACHE_WORDS (DIGEST_SIZE / sizeof(uint32_t))

struct cache {
	uint64_t seed[CACHE_WORDS + 1];
	size_t count;			/* of shards, a power of two */
	struct cache_shard shards[CACHE_SHARDS];
};

/* Where a digest belongs. */
struct cache_place {
	struct cache_shard *shard;
	uint32_t hash;			/* within it */
};

/*
 * Anybody can try keys until their digests are alike in some bits, so these
 * are hashed once more with numbers that nobody outside this process knows:
 * two digests, however chosen, get the same 32 bits for one seed in 2^32 (the
 * multilinear family of Carter and Wegman).
 */
static struct cache_place
cache_place(struct cache *cache, const struct digest *digest)
{
	uint64_t sum = cache->seed[CACHE_WORDS];
	uint32_t words[CACHE_WORDS], hash;

	memcpy(words, digest->bytes, sizeof(words));
	for (size_t i = 0; i < CACHE_WORDS; i++)
		sum += cache->seed[i] * words[i];
	hash = (uint32_t)(sum >> 32);
	return (struct cache_place){
		&cache->shards[hash & (cache->count - 1)],
		hash / CACHE_SHARDS,
	};
}

/* Shards for LIMITS: no more than each can do something with. */
static size_t
cache_shard_count(const struct cache_limits *limits)
{
	size_t count = CACHE_SHARDS;

	while (count > 1 && (limits->entries / count < CACHE_SHARD_ENTRIES ||
	    limits->bytes / count < CACHE_SHARD_BYTES ||
	    (limits->unknown > 0 &&
	    limits->unknown / count < CACHE_SHARD_UNKNOWN)))
		count /= 2;
	return count;
}

static bool
cache_lock_open(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;
	bool ok;

	if (pthread_mutexattr_init(&attr) != 0)
		return false;
	/* It is held for less than it takes to fall asleep. */
	ok = pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP) ==
	    0 && pthread_mutex_init(lock, &attr) == 0;
	(void)pthread_mutexattr_destroy(&attr);
	return ok;
}

static bool
cache_shard_open(struct cache_shard *shard, const struct cache_limits *limits,
    size_t count)
{
	shard->shelf = shelf_new(limits->entries / count,
	    limits->bytes / count);
	shard->unknown = unknown_new(limits->unknown / count);
	if (shard->shelf != NULL && shard->unknown != NULL &&
	    cache_lock_open(&shard->lock))
		return true;
	shelf_free(shard->shelf);
	unknown_free(shard->unknown);
	return false;
}

struct cache *
cache_new(const struct cache_limits *limits)
{
	size_t count = cache_shard_count(limits);
	struct cache *cache = aligned_alloc(_Alignof(struct cache),
	    sizeof(*cache));

	if (cache == NULL)
		return NULL;
	memset(cache, 0, sizeof(*cache));
	if (secret_random(cache->seed, sizeof(cache->seed)) == ERR_OK)
		while (cache->count < count && cache_shard_open(
		    &cache->shards[cache->count], limits, count))
			cache->count++;
	if (cache->count == count)
		return cache;
	cache_free(cache);
	return NULL;
}

void
cache_free(struct cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < cache->count; i++) {
		shelf_free(cache->shards[i].shelf);
		unknown_free(cache->shards[i].unknown);
		(void)pthread_mutex_destroy(&cache->shards[i].lock);
	}
	explicit_bzero(cache, sizeof(*cache));
	free(cache);
}

static bool
cache_get_record(struct shelf_book *book, struct cache_entry *out,
    struct decision_record *record)
{
	if (!shelf_read(book, record))
		return false;
	*out = (struct cache_entry){
		.tag = book->tag,
		.mark_count = book->mark_count,
	};
	memcpy(out->marks, book->marks, sizeof(out->marks));
	return true;
}

static bool
cache_get_unknown(const struct unknown *unknown, const struct digest *digest,
    uint32_t hash, struct cache_entry *out)
{
	struct unknown_entry entry;

	if (!unknown_get(unknown, digest, hash, &entry))
		return false;
	*out = (struct cache_entry){
		.unknown = true,
		.tag = entry.tag,
		.until = entry.until,
	};
	return true;
}

bool
cache_get(struct cache *cache, const struct digest *digest,
    struct cache_entry *out, struct decision_record *record)
{
	struct cache_place place = cache_place(cache, digest);
	struct cache_shard *shard = place.shard;
	struct shelf_book *book;
	bool found;

	(void)pthread_mutex_lock(&shard->lock);
	book = shelf_find(shard->shelf, digest, place.hash);
	if (book != NULL)
		found = cache_get_record(book, out, record);
	else
		found = cache_get_unknown(shard->unknown, digest, place.hash,
		    out);
	(void)pthread_mutex_unlock(&shard->lock);
	return found;
}

/* Whether what is there with tag OLD stays where ENTRY comes. */
static bool
cache_newer(struct page_tag old, bool old_unknown,
    const struct cache_entry *entry)
{
	if (old.epoch != entry->tag.epoch)
		return old.epoch > entry->tag.epoch;
	if (old.asof != entry->tag.asof)
		return old.asof > entry->tag.asof;
	return entry->unknown && !old_unknown;
}

/* Forgets what is there for DIGEST; false if ENTRY is not to be kept. */
static bool
cache_clear(struct cache_place place, const struct digest *digest,
    const struct cache_entry *entry)
{
	struct cache_shard *shard = place.shard;
	struct shelf_book *book = shelf_find(shard->shelf, digest,
	    place.hash);
	struct unknown_entry old;

	if (book != NULL) {
		if (cache_newer(book->tag, false, entry))
			return false;
		shelf_drop(shard->shelf, book);
	} else if (unknown_get(shard->unknown, digest, place.hash, &old)) {
		if (cache_newer(old.tag, true, entry))
			return false;
		unknown_drop(shard->unknown, digest, place.hash);
	}
	/* Numbers of epochs only rise (page.h): it would never count. */
	if (entry->tag.epoch < shard->epoch)
		return false;
	shard->epoch = entry->tag.epoch;
	return true;
}

static void
cache_put_record(struct cache_place place, const struct digest *digest,
    const struct cache_entry *entry, const struct decision_record *record)
{
	struct shelf_book *book = shelf_book_new(digest, place.hash, record);
	bool kept;

	if (book == NULL)
		return;
	book->tag = entry->tag;
	book->mark_count = (uint8_t)entry->mark_count;
	memcpy(book->marks, entry->marks,
	    entry->mark_count * sizeof(entry->marks[0]));
	(void)pthread_mutex_lock(&place.shard->lock);
	kept = cache_clear(place, digest, entry) &&
	    shelf_put(place.shard->shelf, book);
	(void)pthread_mutex_unlock(&place.shard->lock);
	if (!kept)
		shelf_book_free(book);
}

static void
cache_put_unknown(struct cache_place place, const struct digest *digest,
    const struct cache_entry *entry)
{
	const struct unknown_entry unknown = { entry->tag, entry->until };

	(void)pthread_mutex_lock(&place.shard->lock);
	if (cache_clear(place, digest, entry))
		unknown_put(place.shard->unknown, digest, place.hash,
		    &unknown);
	(void)pthread_mutex_unlock(&place.shard->lock);
}

void
cache_put(struct cache *cache, const struct digest *digest,
    const struct cache_entry *entry, const struct decision_record *record)
{
	struct cache_place place = cache_place(cache, digest);

	/* Without all of its marks it would outlive what ends it. */
	if (entry->mark_count > (entry->unknown ? 0 : PAGE_DEPENDS) ||
	    entry->unknown != (record == NULL))
		return;
	if (entry->unknown)
		cache_put_unknown(place, digest, entry);
	else
		cache_put_record(place, digest, entry, record);
}

struct cache_size
cache_size(struct cache *cache)
{
	struct cache_size size = { 0 };

	for (size_t i = 0; i < cache->count; i++) {
		struct cache_shard *shard = &cache->shards[i];

		(void)pthread_mutex_lock(&shard->lock);
		size.entries += shelf_count(shard->shelf);
		size.bytes += shelf_bytes(shard->shelf);
		size.unknown += unknown_count(shard->unknown);
		(void)pthread_mutex_unlock(&shard->lock);
	}
	return size;
}
