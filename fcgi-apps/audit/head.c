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
#include "store_head.h"

static enum err
head_respond(struct ctx *ctx, int64_t account, const struct store_head *head)
{
	struct json *j CLEANUP_JSON = json_object_open();
	char at[EVENT_JSON_TIME_SIZE];

	json_set_int(j, "account", account);
	json_set_int(j, "seq", head->seq);
	json_set_text(j, "hash", head->seq > 0 ? head->hash : NULL);
	event_json_time(head->at, at);
	json_set_text(j, "at", head->seq > 0 ? at : NULL);
	json_set_null(j, "checkpoint");
	return j == NULL ? ERR_MEMORY : response_json(ctx->response, 200, j);
}

enum err
head_handle(struct ctx *ctx)
{
	int64_t account = reading_account(ctx);
	struct store_head head;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = store_change_read(ctx->db, account)) != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, store_head_find(ctx->db,
	    ctx->arena, account, &head));
	return err == ERR_OK ? head_respond(ctx, account, &head) : err;
}
