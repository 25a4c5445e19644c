/* SPDX-License-Identifier: ISC */
/*
 * ratelimit [layer 6]: the token buckets of all keys that this process lets
 * in, shared by its threads.
 *
 * It is exact while at most RATELIMIT_KEYS keys are short of a full bucket and
 * they spread well: a bucket that is full needs no place. Where all eight
 * places that a key may have are taken, the bucket that misses least is
 * forgotten, which gives its key back what it misses, less than one burst.
 * Each process counts for itself: N of them let in N times as much.
 */
#ifndef HASP_RATELIMIT_H
#define HASP_RATELIMIT_H

#include "bucket.h"
#include "decision.h"
#include "str.h"

#define RATELIMIT_KEYS 65536

/*
 * Charges the key KEY (its id) for the client's request REQUEST and says
 * whether it may go on. LIMIT is one that there is, and counts from now on. A
 * request of the same id that was charged a moment ago gets the same verdict
 * and is not charged again, because web servers ask again when they redirect
 * within; "" is charged each time. NOW is of clock_mono_us. OUT is the state
 * after it; if it is refused, its wait is at least 1.
 */
bool ratelimit_charge(struct str key, struct decision_rate limit,
    struct str request, int64_t now, struct bucket_state *out) MUST_CHECK;

#endif
