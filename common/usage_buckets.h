/* SPDX-License-Identifier: ISC */
/*
 * usage_buckets [layer 3]: requests by hour or by day: which time a query asks
 * for, and what was counted in it as JSON. Hours and days are those of UTC;
 * one without a request stands there with zeros, as a chart wants it.
 */
#ifndef HASP_USAGE_BUCKETS_H
#define HASP_USAGE_BUCKETS_H

#include "json.h"
#include "route.h"

/* Buckets of one answer, at most: 41 days by the hour. */
#define USAGE_BUCKETS_MAX 1000

/* Whole buckets; times of clock_wall_us. */
struct usage_buckets_span {
	bool by_day;		/* else by hour */
	int64_t since;		/* where the first begins */
	int64_t until;		/* where the last ends */
};

/*
 * The span that the parameters bucket (hour or day), since and until ask for,
 * each a moment of moment_parse or a date alone. Since is moved back to the
 * beginning of its bucket, until on to its end. Without until it is NOW,
 * without since 24 hours or 30 days before it. ERR_QUERY_INVALID, also for
 * more than USAGE_BUCKETS_MAX and for none; ERR_MEMORY.
 */
enum err usage_buckets_query(const struct ctx *ctx, int64_t now,
    struct usage_buckets_span *out) MUST_CHECK;

struct usage_buckets;

/* Empty buckets, or NULL if ARENA, in which all of it lives, is full. */
struct usage_buckets *usage_buckets_open(struct arena *arena,
    const struct usage_buckets_span *span) MUST_CHECK;

/*
 * COUNT (not negative) requests more in the bucket of the moment AT, which
 * became CODE: "ok", or why they were refused. What is outside the span is
 * passed over. If the arena is full usage_buckets_set will fail.
 */
void usage_buckets_add(struct usage_buckets *buckets, int64_t at,
    const char *code, int64_t count);

/*
 * Calls EACH once for every code that requests were refused by, whatever the
 * bucket.
 */
void usage_buckets_codes(const struct usage_buckets *buckets,
    void (*each)(void *arg, const char *code), void *arg);

/*
 * Sets the members bucket, since, until and buckets of JSON. An answer that
 * lacks some of it is refused by json_write.
 */
void usage_buckets_set(const struct usage_buckets *buckets,
    struct json *json);

#endif
