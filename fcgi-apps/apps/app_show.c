/* SPDX-License-Identifier: ISC */
/*
 * app_show [layer 8]: GET /apps/{guid}: an app that the account connected, or
 * made for itself, what it was granted, and what revoking that would stop.
 */
#include "app_json.h"
#include "app_task.h"
#include "apps.h"
#include "query.h"
#include "store_app.h"

#define APP_SHOW_HISTORY 20

struct app_show {
	struct store_connection *rows;	/* the newest first */
	size_t count;
	struct store_app own;		/* if there is no connection */
};

/* Inside the transaction. */
static enum err
app_show_fetch(const struct ctx *ctx, int64_t account, struct str guid,
    struct app_show *out)
{
	enum err err = store_connection_history(ctx->db, ctx->arena, account,
	    guid, APP_SHOW_HISTORY, &out->rows, &out->count);

	return err == ERR_OK && out->count == 0 ? store_app_find(ctx->db,
	    ctx->arena, account, guid, &out->own) : err;
}

/* What stops with the connection C, for who is about to revoke it. */
static struct json *
app_show_revocation(const struct ctx *ctx, const struct store_connection *c)
{
	struct json *j = json_object_open();
	struct buf text = buf_in(ctx->arena);
	bool more = c->tokens > STORE_CONNECTION_TOKENS;

	if (c->tokens == 0)
		buf_printf(&text, "%s by %s has no working token now, and "
		    "gets none from then on.", c->name, c->publisher);
	else
		buf_printf(&text, "%s%lld token%s of %s by %s stop%s working "
		    "at once.", more ? "More than " : "",
		    (long long)(more ? STORE_CONNECTION_TOKENS : c->tokens),
		    c->tokens == 1 ? "" : "s", c->name, c->publisher,
		    c->tokens == 1 ? "s" : "");
	buf_add(&text, STR(" This cannot be undone: " APP_JSON_FINAL));
	json_set_text(j, "text", text.failed ? NULL : text.data);
	return j;
}

static enum err
app_show_respond(struct ctx *ctx, const struct app_show *a)
{
	struct json *j CLEANUP_JSON = a->count > 0 ?
	    app_json_make(&a->rows[0]) : app_json_alone(&a->own);
	struct json *list = json_array_open();

	for (size_t i = 0; list != NULL && i < a->count; i++)
		json_append(list, app_json_connection(&a->rows[i]));
	if (j == NULL) {
		json_close(list);
		return ERR_MEMORY;
	}
	json_set(j, "connections", list);
	if (a->count > 0 && a->rows[0].revoked == 0)
		json_set(j, "revocation",
		    app_show_revocation(ctx, &a->rows[0]));
	else
		json_set_null(j, "revocation");
	return response_json(ctx->response, 200, j);
}

enum err
app_show_get(struct ctx *ctx)
{
	int64_t account = app_task_account(ctx);
	struct app_show app;
	struct str guid;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = app_task_guid(ctx, &guid)) != ERR_OK ||
	    (err = store_change_read(ctx->db, account)) != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db,
	    app_show_fetch(ctx, account, guid, &app));
	return err == ERR_OK ? app_show_respond(ctx, &app) : err;
}
