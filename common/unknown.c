/* SPDX-License-Identifier: ISC */
#include "unknown.h"

#include <assert.h>
#include <string.h>

/* Places that one digest may have. */
#define UNKNOWN_WAYS 4

struct unknown_place {
	/* A place is looked at in one line of the processor's cache. */
	_Alignas(64) struct digest digest;
	struct unknown_entry entry;
};

static_assert(sizeof(struct unknown_place) == 64, "a place is one line");

struct unknown {
	size_t ways, sets, count;
	struct unknown_place *places;	/* set by set */
	uint8_t *used;			/* of each set: a bit for each way */
};

static bool
unknown_open(struct unknown *unknown, size_t places)
{
	size_t size;

	if (places == 0)
		return true;
	unknown->ways = places < UNKNOWN_WAYS ? places : UNKNOWN_WAYS;
	unknown->sets = places / unknown->ways;
	if (__builtin_mul_overflow(unknown->sets * unknown->ways,
	    sizeof(*unknown->places), &size))
		return false;
	unknown->used = calloc(unknown->sets, sizeof(*unknown->used));
	unknown->places = aligned_alloc(_Alignof(struct unknown_place), size);
	return unknown->used != NULL && unknown->places != NULL;
}

struct unknown *
unknown_new(size_t places)
{
	struct unknown *unknown = calloc(1, sizeof(*unknown));

	if (unknown == NULL || unknown_open(unknown, places))
		return unknown;
	unknown_free(unknown);
	return NULL;
}

void
unknown_free(struct unknown *unknown)
{
	if (unknown == NULL)
		return;
	if (unknown->places != NULL)
		explicit_bzero(unknown->places, unknown->sets *
		    unknown->ways * sizeof(*unknown->places));
	free(unknown->places);
	free(unknown->used);
	free(unknown);
}

static size_t
unknown_set(const struct unknown *unknown, uint32_t hash)
{
	return hash % unknown->sets;
}

static struct unknown_place *
unknown_at(const struct unknown *unknown, size_t set, size_t way)
{
	return &unknown->places[set * unknown->ways + way];
}

static bool
unknown_used(const struct unknown *unknown, size_t set, size_t way)
{
	return unknown->used[set] >> way & 1;
}

/* False if it is not there; OUT is its way, in its set. */
static bool
unknown_find(const struct unknown *unknown, const struct digest *digest,
    uint32_t hash, size_t *out)
{
	size_t set;

	if (unknown->sets == 0)
		return false;
	set = unknown_set(unknown, hash);
	for (*out = 0; *out < unknown->ways; ++*out)
		/* Not in constant time: digests are nothing to guess at. */
		if (unknown_used(unknown, set, *out) && memcmp(
		    &unknown_at(unknown, set, *out)->digest, digest,
		    sizeof(*digest)) == 0)
			return true;
	return false;
}

bool
unknown_get(const struct unknown *unknown, const struct digest *digest,
    uint32_t hash, struct unknown_entry *out)
{
	size_t way;

	if (!unknown_find(unknown, digest, hash, &way))
		return false;
	*out = unknown_at(unknown, unknown_set(unknown, hash), way)->entry;
	return true;
}

/* Whether A is rather to be lost than B, for an entry of EPOCH. */
static bool
unknown_rather(const struct unknown_entry *a, const struct unknown_entry *b,
    uint64_t epoch)
{
	bool past_a = a->tag.epoch != epoch;
	bool past_b = b->tag.epoch != epoch;

	return past_a != past_b ? past_a : a->until < b->until;
}

/* The way in SET that an entry of EPOCH takes. */
static size_t
unknown_way(const struct unknown *unknown, size_t set, uint64_t epoch)
{
	size_t best = 0;

	for (size_t way = 0; way < unknown->ways; way++) {
		if (!unknown_used(unknown, set, way))
			return way;
		if (unknown_rather(&unknown_at(unknown, set, way)->entry,
		    &unknown_at(unknown, set, best)->entry, epoch))
			best = way;
	}
	return best;
}

void
unknown_put(struct unknown *unknown, const struct digest *digest,
    uint32_t hash, const struct unknown_entry *entry)
{
	size_t set, way;

	if (unknown->sets == 0)
		return;
	set = unknown_set(unknown, hash);
	if (!unknown_find(unknown, digest, hash, &way))
		way = unknown_way(unknown, set, entry->tag.epoch);
	unknown->count += !unknown_used(unknown, set, way);
	unknown->used[set] |= (uint8_t)(1u << way);
	*unknown_at(unknown, set, way) = (struct unknown_place){
		*digest, *entry,
	};
}

void
unknown_drop(struct unknown *unknown, const struct digest *digest,
    uint32_t hash)
{
	size_t set, way;

	if (!unknown_find(unknown, digest, hash, &way))
		return;
	set = unknown_set(unknown, hash);
	explicit_bzero(unknown_at(unknown, set, way),
	    sizeof(struct unknown_place));
	unknown->used[set] &= (uint8_t)~(1u << way);
	unknown->count--;
}

size_t
unknown_count(const struct unknown *unknown)
{
	return unknown->count;
}
