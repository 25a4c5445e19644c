/* SPDX-License-Identifier: ISC */
#include "unknown.h"

#include <string.h>

/* Places that one digest may have. */
#define UNKNOWN_WAYS 4

struct unknown_place {
	/* A place is looked at in one line of the processor's cache. */
	_Alignas(64) struct digest digest;
	struct unknown_entry entry;
	bool used;
};

struct unknown {
	size_t ways, sets, count;
	struct unknown_place *places;
};

struct unknown *
unknown_new(size_t places)
{
	struct unknown *unknown = calloc(1, sizeof(*unknown));
	size_t size;

	if (unknown == NULL || places == 0)
		return unknown;
	unknown->ways = places < UNKNOWN_WAYS ? places : UNKNOWN_WAYS;
	unknown->sets = places / unknown->ways;
	if (!__builtin_mul_overflow(unknown->sets * unknown->ways,
	    sizeof(*unknown->places), &size))
		unknown->places = aligned_alloc(
		    _Alignof(struct unknown_place), size);
	if (unknown->places == NULL) {
		free(unknown);
		return NULL;
	}
	memset(unknown->places, 0, size);
	return unknown;
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
	free(unknown);
}

/* The places that the digest may have; there are some. */
static struct unknown_place *
unknown_set(const struct unknown *unknown, uint32_t hash)
{
	return &unknown->places[hash % unknown->sets * unknown->ways];
}

/* NULL if it has none. */
static struct unknown_place *
unknown_find(const struct unknown *unknown, const struct digest *digest,
    uint32_t hash)
{
	struct unknown_place *set;

	if (unknown->sets == 0)
		return NULL;
	set = unknown_set(unknown, hash);
	for (size_t i = 0; i < unknown->ways; i++)
		/* Not in constant time: digests are nothing to guess at. */
		if (set[i].used && memcmp(&set[i].digest, digest,
		    sizeof(set[i].digest)) == 0)
			return &set[i];
	return NULL;
}

bool
unknown_get(const struct unknown *unknown, const struct digest *digest,
    uint32_t hash, struct unknown_entry *out)
{
	const struct unknown_place *place = unknown_find(unknown, digest, hash);

	if (place == NULL)
		return false;
	*out = place->entry;
	return true;
}

/* Whether the place A is rather to be lost than B, for an entry of EPOCH. */
static bool
unknown_rather(const struct unknown_place *a, const struct unknown_place *b,
    uint64_t epoch)
{
	bool past_a = a->entry.tag.epoch != epoch;
	bool past_b = b->entry.tag.epoch != epoch;

	if (a->used != b->used)
		return b->used;
	if (past_a != past_b)
		return past_a;
	return a->entry.until < b->entry.until;
}

void
unknown_put(struct unknown *unknown, const struct digest *digest,
    uint32_t hash, const struct unknown_entry *entry)
{
	struct unknown_place *place = unknown_find(unknown, digest, hash);
	struct unknown_place *set;

	if (unknown->sets == 0)
		return;
	if (place == NULL) {
		set = place = unknown_set(unknown, hash);
		for (size_t i = 1; i < unknown->ways; i++)
			if (unknown_rather(&set[i], place, entry->tag.epoch))
				place = &set[i];
	}
	unknown->count += !place->used;
	place->digest = *digest;
	place->entry = *entry;
	place->used = true;
}

void
unknown_drop(struct unknown *unknown, const struct digest *digest,
    uint32_t hash)
{
	struct unknown_place *place = unknown_find(unknown, digest, hash);

	if (place == NULL)
		return;
	explicit_bzero(place, sizeof(*place));
	unknown->count--;
}

size_t
unknown_count(const struct unknown *unknown)
{
	return unknown->count;
}
