/* SPDX-License-Identifier: ISC */
/*
 * usage [layer 8]: when and from where each secret of a key was used, and how
 * many requests came with the key.
 */
#include "clock.h"
#include "key_json.h"
#include "key_task.h"
#include "keys.h"
#include "query.h"
#include "store_usage_count.h"
#include "usage_buckets.h"

static enum err
usage_query(const struct ctx *ctx, struct usage_buckets_span *span)
{
	static const char *const names[] = {
		"bucket", "since", "until", NULL
	};
	enum err err = query_known(ctx, names);

	return err == ERR_OK ? usage_buckets_query(ctx, clock_wall_us(),
	    span) : err;
}

static void
usage_add(void *arg, int64_t start, const char *code, int64_t count)
{
	usage_buckets_add(arg, start, code, count);
}

/* Inside the transaction. */
static enum err
usage_fetch(const struct ctx *ctx, const struct usage_buckets_span *span,
    struct store_key *key, struct usage_buckets *buckets)
{
	struct store_usage_count wanted = {
		.account = key_task_account(ctx),
		.by_day = span->by_day,
		.since = span->since,
		.until = span->until,
	};
	enum err err = key_task_id(ctx, &wanted.key);

	if (err == ERR_OK)
		err = store_key_find(ctx->db, ctx->arena, wanted.account,
		    wanted.key, key);
	return err == ERR_OK ? store_usage_count_each(ctx->db, &wanted,
	    usage_add, buckets) : err;
}

enum err
usage_handle(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	struct usage_buckets_span span;
	struct usage_buckets *buckets;
	struct store_key key;
	enum err err;

	if ((err = usage_query(ctx, &span)) != ERR_OK)
		return err;
	if ((buckets = usage_buckets_open(ctx->arena, &span)) == NULL)
		return ERR_MEMORY;
	err = store_change_read(ctx->db, key_task_account(ctx));
	if (err != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, usage_fetch(ctx, &span, &key,
	    buckets));
	if (err != ERR_OK)
		return err;
	if ((j = key_json_usage(&key)) == NULL)
		return ERR_MEMORY;
	usage_buckets_set(buckets, j);
	return response_json(ctx->response, 200, j);
}
