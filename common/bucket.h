/* SPDX-License-Identifier: ISC */
/*
 * bucket [layer 2]: a token bucket: a burst of requests at once, then so many
 * a second. In whole numbers, so that it is exact however long it runs. Pure.
 */
#ifndef HASP_BUCKET_H
#define HASP_BUCKET_H

#include "base.h"

/*
 * All zero is a full one. It keeps what is missing from full, so that another
 * burst counts from the next request on: what was taken stays taken.
 */
struct bucket {
	int64_t missing;	/* millionths of a request, at AT */
	int64_t at;		/* microseconds of any clock */
	int32_t rate;		/* requests a second, at which it refills */
};

/* What a caller is told; for draft-ietf-httpapi-ratelimit-headers. */
struct bucket_state {
	int32_t left;		/* requests that would be let in now */
	int64_t full;		/* seconds until it is full, rounded up */
	int64_t wait;		/* until the next is let in, rounded up */
	int64_t window;		/* in which an empty one fills, rounded up */
};

/*
 * Takes a request out at NOW, if there is one, and says whether. RATE is 1 to
 * 1 000 000, BURST 1 to 10 000 000; either may be another than before. A NOW
 * that lies before the last one counts as that. OUT is the state after it.
 */
bool bucket_take(struct bucket *bucket, int32_t rate, int32_t burst,
    int64_t now, struct bucket_state *out) MUST_CHECK;

/* The state at NOW alone. */
void bucket_look(struct bucket *bucket, int32_t rate, int32_t burst,
    int64_t now, struct bucket_state *out);

/* Millionths of a request that are missing at NOW; 0: it need not be kept. */
int64_t bucket_missing(const struct bucket *bucket, int64_t now);

#endif
