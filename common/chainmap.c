/* SPDX-License-Identifier: ISC */
#include "chainmap.h"

#include <string.h>

#define CHAINMAP_FIRST 64

/* Where the chain is, or belongs; there is room. */
static struct chainmap_end *
chainmap_place(const struct chainmap *map, enum chainline_of of, int64_t id)
{
	/* Fibonacci hashing: numbers are close to each other. */
	uint64_t n = ((uint64_t)id * 2 + (uint64_t)of) *
	    UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(n >> 32) & (map->size - 1);

	while (map->ends[i].used && (map->ends[i].id != id ||
	    map->ends[i].of != of))
		i = (i + 1) & (map->size - 1);
	return &map->ends[i];
}

static bool
chainmap_grow(struct chainmap *map)
{
	struct chainmap more = {
		.size = map->size == 0 ? CHAINMAP_FIRST : map->size * 2,
		.count = map->count,
	};
	struct chainmap_end *end;

	more.ends = calloc(more.size, sizeof(*more.ends));
	if (more.ends == NULL)
		return false;
	for (size_t i = 0; (end = chainmap_each(map, &i)) != NULL;)
		*chainmap_place(&more, end->of, end->id) = *end;
	free(map->ends);
	*map = more;
	return true;
}

struct chainmap_end *
chainmap_end(struct chainmap *map, enum chainline_of of, int64_t id)
{
	struct chainmap_end *end;

	if (map->count >= map->size / 2 && !chainmap_grow(map))
		return NULL;
	end = chainmap_place(map, of, id);
	if (!end->used) {
		*end = (struct chainmap_end){ .of = of, .id = id,
		    .used = true };
		map->count++;
	}
	return end;
}

struct chainmap_end *
chainmap_each(const struct chainmap *map, size_t *place)
{
	while (*place < map->size)
		if (map->ends[(*place)++].used)
			return &map->ends[*place - 1];
	return NULL;
}

void
chainmap_clear(struct chainmap *map)
{
	free(map->ends);
	memset(map, 0, sizeof(*map));
}
