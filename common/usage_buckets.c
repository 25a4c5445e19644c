/* SPDX-License-Identifier: ISC */
#include "usage_buckets.h"

#include <string.h>

#include "moment.h"
#include "query.h"

#define USAGE_BUCKETS_HOUR (INT64_C(3600) * 1000000)
#define USAGE_BUCKETS_DAY (24 * USAGE_BUCKETS_HOUR)

/* Room for a moment with a long fraction. */
#define USAGE_BUCKETS_TEXT 64

/* Why requests were refused, each reason once for all buckets. */
struct usage_buckets_code {
	struct usage_buckets_code *next;
	char *text;
};

struct usage_buckets_refusal {
	struct usage_buckets_refusal *next;
	const struct usage_buckets_code *code;
	int64_t count;
};

struct usage_buckets_one {
	int64_t allowed, refused;
	struct usage_buckets_refusal *refusals;
};

struct usage_buckets {
	struct arena *arena;
	struct usage_buckets_span span;
	struct usage_buckets_one *all;
	size_t count;
	struct usage_buckets_code *codes;
	bool failed;		/* the arena was full */
};

static int64_t
usage_buckets_step(const struct usage_buckets_span *span)
{
	return span->by_day ? USAGE_BUCKETS_DAY : USAGE_BUCKETS_HOUR;
}

/* The parameter NAME as a moment; *AT is left alone if it is not there. */
static enum err
usage_buckets_moment(const struct ctx *ctx, const char *name, int64_t *at)
{
	struct str text = { NULL, 0 };
	enum err err = query_text(ctx, name, USAGE_BUCKETS_TEXT, &text);

	if (err != ERR_OK || text.ptr == NULL)
		return err;
	return moment_parse(text, at) || moment_parse_date(text, at) ?
	    ERR_OK : ERR_QUERY_INVALID;
}

enum err
usage_buckets_query(const struct ctx *ctx, int64_t now,
    struct usage_buckets_span *out)
{
	struct str bucket = STR("hour");
	int64_t since = 0, until = now, step;
	enum err err;

	if ((err = query_text(ctx, "bucket", 4, &bucket)) != ERR_OK ||
	    (err = usage_buckets_moment(ctx, "since", &since)) != ERR_OK ||
	    (err = usage_buckets_moment(ctx, "until", &until)) != ERR_OK)
		return err;
	out->by_day = str_eq(bucket, STR("day"));
	if (!out->by_day && !str_eq(bucket, STR("hour")))
		return ERR_QUERY_INVALID;
	step = usage_buckets_step(out);
	out->until = until + (step - until % step) % step;
	if (since == 0)
		since = out->until - (out->by_day ? 30 : 24) * step;
	out->since = since - since % step;
	return since > 0 && since < until &&
	    (out->until - out->since) / step <= USAGE_BUCKETS_MAX ? ERR_OK :
	    ERR_QUERY_INVALID;
}

struct usage_buckets *
usage_buckets_open(struct arena *arena,
    const struct usage_buckets_span *span)
{
	struct usage_buckets *b = arena_alloc(arena, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->arena = arena;
	b->span = *span;
	b->count = (size_t)((span->until - span->since) /
	    usage_buckets_step(span));
	b->all = arena_alloc(arena, b->count * sizeof(*b->all));
	return b->all != NULL ? b : NULL;
}

/* CODE as all buckets have it, or NULL. */
static const struct usage_buckets_code *
usage_buckets_intern(struct usage_buckets *b, const char *code)
{
	struct usage_buckets_code *c;

	for (c = b->codes; c != NULL; c = c->next)
		if (strcmp(c->text, code) == 0)
			return c;
	if ((c = arena_alloc(b->arena, sizeof(*c))) == NULL ||
	    (c->text = arena_copy(b->arena, code, strlen(code))) == NULL)
		return NULL;
	c->next = b->codes;
	b->codes = c;
	return c;
}

/* The count of the refusals by CODE in ONE, made if it is not there. */
static struct usage_buckets_refusal *
usage_buckets_refusal(struct usage_buckets *b, struct usage_buckets_one *one,
    const char *code)
{
	const struct usage_buckets_code *c = usage_buckets_intern(b, code);
	struct usage_buckets_refusal **place = &one->refusals;

	if (c == NULL)
		return NULL;
	while (*place != NULL && (*place)->code != c)
		place = &(*place)->next;
	if (*place == NULL &&
	    (*place = arena_alloc(b->arena, sizeof(**place))) != NULL)
		(*place)->code = c;
	return *place;
}

void
usage_buckets_add(struct usage_buckets *b, int64_t at, const char *code,
    int64_t count)
{
	struct usage_buckets_refusal *refusal;
	struct usage_buckets_one *one;

	if (at < b->span.since || at >= b->span.until)
		return;
	one = &b->all[(at - b->span.since) / usage_buckets_step(&b->span)];
	if (strcmp(code, "ok") == 0) {
		one->allowed += count;
		return;
	}
	one->refused += count;
	refusal = usage_buckets_refusal(b, one, code);
	if (refusal != NULL)
		refusal->count += count;
	else
		b->failed = true;
}

void
usage_buckets_codes(const struct usage_buckets *b,
    void (*each)(void *arg, const char *code), void *arg)
{
	for (const struct usage_buckets_code *c = b->codes; c != NULL;
	    c = c->next)
		each(arg, c->text);
}

static struct json *
usage_buckets_one(const struct usage_buckets_one *one, int64_t start)
{
	struct json *j = json_object_open(), *refusals = json_object_open();

	for (const struct usage_buckets_refusal *r = one->refusals; r != NULL;
	    r = r->next)
		json_set_int(refusals, r->code->text, r->count);
	if (j == NULL) {
		json_close(refusals);
		return NULL;
	}
	json_set_time(j, "start", start);
	json_set_int(j, "allowed", one->allowed);
	json_set_int(j, "refused", one->refused);
	json_set(j, "refusals", refusals);
	return j;
}

void
usage_buckets_set(const struct usage_buckets *b, struct json *j)
{
	int64_t step = usage_buckets_step(&b->span);
	struct json *list = b->failed ? NULL : json_array_open();

	for (size_t i = 0; list != NULL && i < b->count; i++)
		json_append(list, usage_buckets_one(&b->all[i],
		    b->span.since + (int64_t)i * step));
	json_set_text(j, "bucket", b->span.by_day ? "day" : "hour");
	json_set_time(j, "since", b->span.since);
	json_set_time(j, "until", b->span.until);
	json_set(j, "buckets", list);
}
