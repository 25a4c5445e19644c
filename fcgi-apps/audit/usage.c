/* SPDX-License-Identifier: ISC */
/*
 * usage [layer 8]: how many requests there were by the hour or the day, and
 * what became of them: with one key, with an app's, with all of the account.
 */
#include "audit.h"
#include "clock.h"
#include "explain.h"
#include "newkey.h"
#include "query.h"
#include "reading.h"
#include "store_change.h"
#include "store_usage_count.h"
#include "usage_buckets.h"

/* Characters of a UUID; the database looks at them. */
#define USAGE_APP_LEN 36

struct usage {
	struct str key, app;	/* without a pointer: any */
	struct usage_buckets_span span;
	struct usage_buckets *buckets;
	int64_t known;
};

static enum err
usage_query(const struct ctx *ctx, struct usage *u)
{
	static const char *const names[] = { "key", "app", "bucket", "since",
		"until", NULL };
	enum err err;

	if ((err = query_known(ctx, names)) != ERR_OK ||
	    (err = query_text(ctx, "key", DECISION_ID_SIZE,
	    &u->key)) != ERR_OK ||
	    (err = query_text(ctx, "app", USAGE_APP_LEN,
	    &u->app)) != ERR_OK)
		return err;
	/* A key has one app: both would be a question for nothing. */
	if ((u->key.ptr != NULL && u->app.ptr != NULL) ||
	    (u->key.ptr != NULL && !newkey_is_id(u->key)) ||
	    (u->app.ptr != NULL && u->app.len != USAGE_APP_LEN))
		return ERR_QUERY_INVALID;
	return usage_buckets_query(ctx, clock_wall_us(), &u->span);
}

static void
usage_each(void *arg, int64_t start, const char *code, int64_t count)
{
	usage_buckets_add(arg, start, code, count);
}

/* Inside the transaction. */
static enum err
usage_count(const struct ctx *ctx, int64_t account, struct usage *u)
{
	const struct store_usage_count wanted = {
		.account = account,
		.key = u->key,
		.app = u->app,
		.by_day = u->span.by_day,
		.since = u->span.since,
		.until = u->span.until,
	};
	/* First: what is counted after it may be newer, never older. */
	enum err err = store_usage_count_known(ctx->db, &u->known);

	if (err == ERR_OK)
		err = store_usage_count_each(ctx->db, &wanted, usage_each,
		    u->buckets);
	return err == ERR_INVALID ? ERR_QUERY_INVALID : err;
}

static void
usage_set(struct json *j, const char *name, struct str value)
{
	if (value.ptr == NULL)
		json_set_null(j, name);
	else
		json_set_str(j, name, value);
}

/* What a code of refusals means, and how to mend it. */
static void
usage_explain(void *reasons, const char *code)
{
	const struct explain *words = explain_code(str_of(code));
	struct json *j = json_object_open();

	json_set_text(j, "explanation", words->why);
	json_set_text(j, "mend", words->mend[0] != '\0' ? words->mend : NULL);
	json_set(reasons, code, j);
}

static enum err
usage_respond(struct ctx *ctx, const struct usage *u)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *reasons = json_object_open();

	usage_buckets_codes(u->buckets, usage_explain, reasons);
	usage_set(j, "key", u->key);
	usage_set(j, "app", u->app);
	json_set_time(j, "known_until", u->known);
	usage_buckets_set(u->buckets, j);
	json_set(j, "reasons", reasons);
	return j == NULL ? ERR_MEMORY : response_json(ctx->response, 200, j);
}

enum err
usage_handle(struct ctx *ctx)
{
	int64_t account = reading_account(ctx);
	struct usage u = { .known = 0 };
	enum err err = usage_query(ctx, &u);

	if (err != ERR_OK)
		return err;
	u.buckets = usage_buckets_open(ctx->arena, &u.span);
	if (u.buckets == NULL)
		return ERR_MEMORY;
	if ((err = store_change_read(ctx->db, account)) != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, usage_count(ctx, account, &u));
	return err == ERR_OK ? usage_respond(ctx, &u) : err;
}
