/* SPDX-License-Identifier: ISC */
/*
 * head [layer 8]: how far the account's chain of events has come, for who
 * keeps copies of it and compares.
 */
#include "audit.h"
#include "event_json.h"
#include "query.h"
#include "reading.h"
#include "store_change.h"
#include "store_checkpoint.h"
#include "store_head.h"

struct head {
	int64_t account;
	struct store_head last;
	struct store_checkpoint_last checkpoint;
};

static void
head_set_checkpoint(struct json *j, const struct store_checkpoint_last *last)
{
	char at[EVENT_JSON_TIME_SIZE];

	if (last->seq == 0) {
		json_set_null(j, "checkpoint");
		json_set_null(j, "checkpoint_at");
		return;
	}
	event_json_time(last->at, at);
	json_set_str(j, "checkpoint", last->note);
	json_set_text(j, "checkpoint_at", at);
}

static enum err
head_respond(struct ctx *ctx, const struct head *h)
{
	const struct store_head *head = &h->last;
	struct json *j CLEANUP_JSON = json_object_open();
	char at[EVENT_JSON_TIME_SIZE];

	json_set_int(j, "account", h->account);
	json_set_int(j, "seq", head->seq);
	json_set_text(j, "hash", head->seq > 0 ? head->hash : NULL);
	event_json_time(head->at, at);
	json_set_text(j, "at", head->seq > 0 ? at : NULL);
	head_set_checkpoint(j, &h->checkpoint);
	return j == NULL ? ERR_MEMORY : response_json(ctx->response, 200, j);
}

static enum err
head_find(const struct ctx *ctx, struct head *h)
{
	enum err err = store_head_find(ctx->db, ctx->arena, h->account,
	    &h->last);

	return err == ERR_OK ? store_checkpoint_last(ctx->db, ctx->arena,
	    &h->checkpoint) : err;
}

enum err
head_handle(struct ctx *ctx)
{
	struct head head = { .account = reading_account(ctx) };
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = store_change_read(ctx->db, head.account)) != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, head_find(ctx, &head));
	return err == ERR_OK ? head_respond(ctx, &head) : err;
}
