/* SPDX-License-Identifier: ISC */
#include "quota.h"

#include <pthread.h>
#include <string.h>

#include "clock.h"
#include "repeat.h"
#include "secret.h"

#define QUOTA_SHARDS 64
#define QUOTA_KEY_WAYS 8
#define QUOTA_SHARD_KEYS (QUOTA_KEYS / QUOTA_SHARDS)
#define QUOTA_KEY_SETS (QUOTA_SHARD_KEYS / QUOTA_KEY_WAYS)

struct quota_key {
	char id[DECISION_ID_SIZE];	/* "" if the place is free */
	bool stale;			/* charged, and not learned of since */
	int64_t used;			/* when it was last charged */
	struct tally tally;
};

struct quota_keys {
	pthread_mutex_t lock;
	size_t stale;			/* places that are */
	struct quota_key places[QUOTA_SHARD_KEYS];
};

/* A request that is held (repeat.h) is so before a key's shard is locked. */
static struct quota_keys quota_keys[QUOTA_SHARDS];
static uint64_t quota_seed;
static pthread_once_t quota_once = PTHREAD_ONCE_INIT;

static void
quota_open(void)
{
	/* Without it the places of keys can be foretold, and no more. */
	if (secret_random(&quota_seed, sizeof(quota_seed)) != ERR_OK)
		quota_seed = 0;
	for (size_t i = 0; i < QUOTA_SHARDS; i++)
		if (pthread_mutex_init(&quota_keys[i].lock, NULL) != 0)
			abort();
}

/* Where KEY may stand: its shard, and the first of its places there. */
static struct quota_keys *
quota_shard(struct str key, struct quota_key **set)
{
	uint64_t hash = str_mix(key, quota_seed);
	struct quota_keys *shard = &quota_keys[hash % QUOTA_SHARDS];

	*set = &shard->places[hash / QUOTA_SHARDS % QUOTA_KEY_SETS *
	    QUOTA_KEY_WAYS];
	return shard;
}

static void
quota_mark(struct quota_keys *shard, struct quota_key *place, bool stale)
{
	if (stale && !place->stale)
		shard->stale++;
	else if (!stale && place->stale)
		shard->stale--;
	place->stale = stale;
}

/* The place of KEY in SET; NULL, with the one to take, if it has none. */
static struct quota_key *
quota_find(struct quota_key *set, struct str key, struct quota_key **oldest)
{
	*oldest = &set[0];
	for (size_t i = 0; i < QUOTA_KEY_WAYS; i++) {
		if (str_eq(str_of(set[i].id), key))
			return &set[i];
		if (set[i].used < (*oldest)->used)
			*oldest = &set[i];
	}
	return NULL;
}

static struct quota_key *
quota_place(struct quota_keys *shard, struct quota_key *set, struct str key)
{
	struct quota_key *oldest, *place = quota_find(set, key, &oldest);

	if (place != NULL)
		return place;
	quota_mark(shard, oldest, false);
	memset(oldest, 0, sizeof(*oldest));
	memcpy(oldest->id, key.ptr, key.len);
	return oldest;
}

/* Charges, or only looks at, what the key has used. */
static bool
quota_count(const struct decision_record *record, bool charge, int64_t now,
    struct tally_state *out)
{
	struct str key = str_of(record->key_id);
	int32_t quota = decision_quota(record);
	struct quota_key *set, *place;
	struct quota_keys *shard = quota_shard(key, &set);
	bool let_in = false;

	(void)pthread_mutex_lock(&shard->lock);
	place = quota_place(shard, set, key);
	/* The day is turned first: what the record says may be of the new. */
	tally_look(&place->tally, quota, now, out);
	tally_learn(&place->tally, record->used_day, record->used);
	if (charge) {
		let_in = tally_take(&place->tally, quota, now, out);
		place->used = now;
		quota_mark(shard, place, true);
	} else {
		tally_look(&place->tally, quota, now, out);
	}
	(void)pthread_mutex_unlock(&shard->lock);
	return let_in;
}

static bool
quota_once_only(const struct decision_record *record, struct str id,
    int64_t now, struct tally_state *out)
{
	struct repeat *request = repeat_hold(str_of(record->key_id), id,
	    clock_mono_us());
	bool let_in;

	if (request->metered)
		(void)quota_count(record, false, now, out);
	else
		request->within = quota_count(record, true, now, out);
	request->metered = true;
	let_in = request->within;
	repeat_drop(request);
	return let_in;
}

bool
quota_charge(const struct decision_record *record, struct str request,
    int64_t now, struct tally_state *out)
{
	(void)pthread_once(&quota_once, quota_open);
	return request.len > 0 ? quota_once_only(record, request, now, out) :
	    quota_count(record, true, now, out);
}

void
quota_look(const struct decision_record *record, int64_t now,
    struct tally_state *out)
{
	(void)pthread_once(&quota_once, quota_open);
	(void)quota_count(record, false, now, out);
}

size_t
quota_stale(size_t *from, char (*ids)[DECISION_ID_SIZE], size_t max)
{
	size_t n = 0;

	(void)pthread_once(&quota_once, quota_open);
	while (n < max && *from < QUOTA_KEYS) {
		struct quota_keys *shard =
		    &quota_keys[*from / QUOTA_SHARD_KEYS];
		size_t at = *from % QUOTA_SHARD_KEYS;

		(void)pthread_mutex_lock(&shard->lock);
		if (shard->stale == 0)
			at = QUOTA_SHARD_KEYS;
		for (; at < QUOTA_SHARD_KEYS && n < max; at++)
			if (shard->places[at].stale)
				memcpy(ids[n++], shard->places[at].id,
				    DECISION_ID_SIZE);
		(void)pthread_mutex_unlock(&shard->lock);
		*from = *from / QUOTA_SHARD_KEYS * QUOTA_SHARD_KEYS + at;
	}
	return n;
}

void
quota_learn(struct str key, int64_t day, int64_t counted)
{
	struct quota_key *set, *place, *oldest;
	struct quota_keys *shard;

	(void)pthread_once(&quota_once, quota_open);
	shard = quota_shard(key, &set);
	(void)pthread_mutex_lock(&shard->lock);
	place = quota_find(set, key, &oldest);
	if (place != NULL) {
		tally_learn(&place->tally, day, counted);
		quota_mark(shard, place, false);
	}
	(void)pthread_mutex_unlock(&shard->lock);
}
