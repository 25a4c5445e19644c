/* SPDX-License-Identifier: ISC */
#include "bucket.h"

/*
 * A request a second is a millionth of one a microsecond, so that time and
 * rate multiply to the unit without a rest.
 */
#define BUCKET_ONE 1000000

static int64_t
bucket_divide_up(int64_t n, int64_t by)
{
	return n / by + (n % by > 0);
}

int64_t
bucket_missing(const struct bucket *b, int64_t now)
{
	int64_t elapsed = now - b->at;

	if (b->missing == 0 || elapsed <= 0)
		return b->missing;
	/* At most 10^13 is missing: a product above that is not made. */
	if (elapsed >= bucket_divide_up(b->missing, b->rate))
		return 0;
	return b->missing - elapsed * b->rate;
}

/* Brings it to NOW, RATE and BURST. */
static void
bucket_settle(struct bucket *b, int32_t rate, int32_t burst, int64_t now)
{
	int64_t most = (int64_t)burst * BUCKET_ONE;

	b->missing = bucket_missing(b, now);
	if (b->missing > most)
		b->missing = most;
	/* Time that was counted must not be counted again. */
	if (now > b->at)
		b->at = now;
	b->rate = rate;
}

static void
bucket_tell(const struct bucket *b, int32_t burst, struct bucket_state *out)
{
	int64_t most = (int64_t)burst * BUCKET_ONE;
	int64_t a_second = (int64_t)b->rate * BUCKET_ONE;
	int64_t over = b->missing + BUCKET_ONE - most;

	out->left = (int32_t)((most - b->missing) / BUCKET_ONE);
	out->full = bucket_divide_up(b->missing, a_second);
	out->wait = over > 0 ? bucket_divide_up(over, a_second) : 0;
	out->window = bucket_divide_up(most, a_second);
}

bool
bucket_take(struct bucket *b, int32_t rate, int32_t burst, int64_t now,
    struct bucket_state *out)
{
	int64_t most = (int64_t)burst * BUCKET_ONE;
	bool taken;

	bucket_settle(b, rate, burst, now);
	taken = b->missing + BUCKET_ONE <= most;
	if (taken)
		b->missing += BUCKET_ONE;
	bucket_tell(b, burst, out);
	return taken;
}

void
bucket_look(struct bucket *b, int32_t rate, int32_t burst, int64_t now,
    struct bucket_state *out)
{
	bucket_settle(b, rate, burst, now);
	bucket_tell(b, burst, out);
}
