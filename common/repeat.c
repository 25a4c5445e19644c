/* SPDX-License-Identifier: ISC */
#include "repeat.h"

#include <pthread.h>
#include <string.h>

#include "secret.h"

#define REPEAT_SHARDS 64
#define REPEAT_WAYS 4
#define REPEAT_SETS (REPEAT_REQUESTS / REPEAT_SHARDS / REPEAT_WAYS)

/*
 * What stands for a key's request: two hashes, each with a seed of its own.
 * The texts themselves would fill many times the memory, and a look at each of
 * them would have to wait for it. Who could choose ids to make two look alike
 * could as well send one twice.
 */
struct repeat_print {
	uint64_t words[2];
};

/* Two places to a cache line. */
struct repeat_place {
	struct repeat repeat;		/* first: it stands for the place */
	struct repeat_print print;	/* zeros if the place is free */
};

struct repeat_shard {
	_Alignas(64) struct repeat_place sets[REPEAT_SETS][REPEAT_WAYS];
	pthread_mutex_t lock;
};

static struct repeat_shard repeat_shards[REPEAT_SHARDS];
static struct repeat_print repeat_seeds;
static pthread_once_t repeat_once = PTHREAD_ONCE_INIT;

static void
repeat_open(void)
{
	/* Without them places can be foretold, and no more. */
	if (secret_random(&repeat_seeds, sizeof(repeat_seeds)) != ERR_OK)
		repeat_seeds = (struct repeat_print){ .words = { 0, 1 } };
	for (size_t i = 0; i < REPEAT_SHARDS; i++)
		if (pthread_mutex_init(&repeat_shards[i].lock, NULL) != 0)
			abort();
}

/* The request's place in SET: its own, or the free or oldest one, taken. */
static struct repeat_place *
repeat_place(struct repeat_place *set, const struct repeat_print *print,
    int64_t now)
{
	struct repeat_place *oldest = &set[0];

	for (size_t i = 0; i < REPEAT_WAYS; i++) {
		if (memcmp(&set[i].print, print, sizeof(*print)) == 0 &&
		    now - set[i].repeat.since < REPEAT_MEMORY)
			return &set[i];
		if (set[i].repeat.since < oldest->repeat.since)
			oldest = &set[i];
	}
	*oldest = (struct repeat_place){
		.repeat = { .since = now },
		.print = *print,
	};
	return oldest;
}

struct repeat *
repeat_hold(struct str key, struct str id, int64_t now)
{
	struct repeat_print print;
	struct repeat_shard *shard;
	uint64_t at;

	(void)pthread_once(&repeat_once, repeat_open);
	for (size_t i = 0; i < ARRAY_LEN(print.words); i++)
		print.words[i] = str_mix(id,
		    str_mix(key, repeat_seeds.words[i]));
	at = print.words[0];
	shard = &repeat_shards[at % REPEAT_SHARDS];
	(void)pthread_mutex_lock(&shard->lock);
	return &repeat_place(shard->sets[at / REPEAT_SHARDS % REPEAT_SETS],
	    &print, now)->repeat;
}

void
repeat_drop(struct repeat *repeat)
{
	size_t at = (size_t)((char *)repeat - (char *)repeat_shards);

	(void)pthread_mutex_unlock(
	    &repeat_shards[at / sizeof(struct repeat_shard)].lock);
}
