/* SPDX-License-Identifier: ISC */
#include "ratelimit.h"

#include <pthread.h>
#include <string.h>

#include "repeat.h"
#include "secret.h"

#define RATELIMIT_SHARDS 64
#define RATELIMIT_KEY_WAYS 8
#define RATELIMIT_KEY_SETS \
	(RATELIMIT_KEYS / RATELIMIT_SHARDS / RATELIMIT_KEY_WAYS)

struct ratelimit_key {
	char id[DECISION_ID_SIZE];	/* "" if the place is free */
	struct bucket bucket;
};

struct ratelimit_keys {
	pthread_mutex_t lock;
	struct ratelimit_key sets[RATELIMIT_KEY_SETS][RATELIMIT_KEY_WAYS];
};

/* A request that is held (repeat.h) is so before a key's shard is locked. */
static struct ratelimit_keys ratelimit_keys[RATELIMIT_SHARDS];
static uint64_t ratelimit_seed;
static pthread_once_t ratelimit_once = PTHREAD_ONCE_INIT;

static void
ratelimit_open(void)
{
	/* Without it the places of keys can be foretold, and no more. */
	if (secret_random(&ratelimit_seed, sizeof(ratelimit_seed)) != ERR_OK)
		ratelimit_seed = 0;
	for (size_t i = 0; i < RATELIMIT_SHARDS; i++)
		if (pthread_mutex_init(&ratelimit_keys[i].lock, NULL) != 0)
			abort();
}

/* The key's place in SET; another loses it if there is none left. */
static struct bucket *
ratelimit_bucket(struct ratelimit_key *set, struct str key, int64_t now)
{
	struct ratelimit_key *best = NULL;
	int64_t least = INT64_MAX, missing;

	for (size_t i = 0; i < RATELIMIT_KEY_WAYS; i++) {
		if (str_eq(str_of(set[i].id), key))
			return &set[i].bucket;
		missing = bucket_missing(&set[i].bucket, now);
		if (missing < least) {
			least = missing;
			best = &set[i];
		}
	}
	memset(best, 0, sizeof(*best));
	memcpy(best->id, key.ptr, key.len);
	return &best->bucket;
}

/* Charges, or only looks at, the key's bucket. */
static bool
ratelimit_count(struct str key, struct decision_rate limit, bool charge,
    int64_t now, struct bucket_state *out)
{
	uint64_t hash = str_mix(key, ratelimit_seed);
	struct ratelimit_keys *shard =
	    &ratelimit_keys[hash % RATELIMIT_SHARDS];
	struct bucket *bucket;
	bool let_in = false;

	(void)pthread_mutex_lock(&shard->lock);
	bucket = ratelimit_bucket(shard->sets[hash / RATELIMIT_SHARDS %
	    RATELIMIT_KEY_SETS], key, now);
	if (charge)
		let_in = bucket_take(bucket, limit.per_second, limit.burst,
		    now, out);
	else
		bucket_look(bucket, limit.per_second, limit.burst, now, out);
	(void)pthread_mutex_unlock(&shard->lock);
	return let_in;
}

static bool
ratelimit_once_only(struct str key, struct decision_rate limit,
    struct str id, int64_t now, struct bucket_state *out)
{
	struct repeat *request = repeat_hold(key, id, now);
	bool let_in;

	let_in = ratelimit_count(key, limit, !request->charged, now, out);
	if (!request->charged)
		request->let_in = let_in;
	request->charged = true;
	let_in = request->let_in;
	repeat_drop(request);
	return let_in;
}

bool
ratelimit_charge(struct str key, struct decision_rate limit,
    struct str request, int64_t now, struct bucket_state *out)
{
	bool let_in;

	(void)pthread_once(&ratelimit_once, ratelimit_open);
	if (key.len >= DECISION_ID_SIZE)
		abort();
	if (request.len > 0)
		let_in = ratelimit_once_only(key, limit, request, now, out);
	else
		let_in = ratelimit_count(key, limit, true, now, out);
	if (!let_in && out->wait < 1)
		out->wait = 1;
	return let_in;
}
