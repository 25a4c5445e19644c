/* SPDX-License-Identifier: ISC */
#include "repeat.h"

#include <pthread.h>
#include <string.h>

#include "decision.h"
#include "secret.h"

#define REPEAT_SHARDS 64
#define REPEAT_WAYS 4
#define REPEAT_SETS (REPEAT_REQUESTS / REPEAT_SHARDS / REPEAT_WAYS)
#define REPEAT_ID_SIZE 64		/* as long as request.h lets one be */

struct repeat_shard;

struct repeat_place {
	struct repeat repeat;		/* first: it stands for the place */
	struct repeat_shard *shard;
	char key[DECISION_ID_SIZE];
	char id[REPEAT_ID_SIZE];	/* not ended by a NUL */
	uint8_t len;			/* 0 if the place is free */
};

struct repeat_shard {
	pthread_mutex_t lock;
	struct repeat_place sets[REPEAT_SETS][REPEAT_WAYS];
};

static struct repeat_shard repeat_shards[REPEAT_SHARDS];
static uint64_t repeat_seed;
static pthread_once_t repeat_once = PTHREAD_ONCE_INIT;

static void
repeat_open(void)
{
	/* Without it places can be foretold, and no more. */
	if (secret_random(&repeat_seed, sizeof(repeat_seed)) != ERR_OK)
		repeat_seed = 0;
	for (size_t i = 0; i < REPEAT_SHARDS; i++)
		if (pthread_mutex_init(&repeat_shards[i].lock, NULL) != 0)
			abort();
}

/* The request's place in SET: its own, or the free or oldest one, taken. */
static struct repeat_place *
repeat_place(struct repeat_place *set, struct str key, struct str id,
    int64_t now)
{
	struct repeat_place *oldest = &set[0];

	for (size_t i = 0; i < REPEAT_WAYS; i++) {
		struct str known = { set[i].id, set[i].len };

		if (str_eq(known, id) && str_eq(str_of(set[i].key), key) &&
		    now - set[i].repeat.since < REPEAT_MEMORY)
			return &set[i];
		if (set[i].repeat.since < oldest->repeat.since)
			oldest = &set[i];
	}
	memset(oldest, 0, sizeof(*oldest));
	memcpy(oldest->key, key.ptr, key.len);
	memcpy(oldest->id, id.ptr, id.len);
	oldest->len = (uint8_t)id.len;
	oldest->repeat.since = now;
	return oldest;
}

struct repeat *
repeat_hold(struct str key, struct str id, int64_t now)
{
	struct repeat_shard *shard;
	struct repeat_place *place;
	uint64_t hash;

	(void)pthread_once(&repeat_once, repeat_open);
	if (key.len >= DECISION_ID_SIZE || id.len == 0 ||
	    id.len > REPEAT_ID_SIZE)
		abort();
	hash = str_hash(id, str_hash(key, repeat_seed));
	shard = &repeat_shards[hash % REPEAT_SHARDS];
	(void)pthread_mutex_lock(&shard->lock);
	place = repeat_place(shard->sets[hash / REPEAT_SHARDS % REPEAT_SETS],
	    key, id, now);
	place->shard = shard;
	return &place->repeat;
}

void
repeat_drop(struct repeat *repeat)
{
	struct repeat_place *place = (void *)repeat;

	(void)pthread_mutex_unlock(&place->shard->lock);
}
