/* SPDX-License-Identifier: ISC */
/*
 * published_show [layer 8]: GET /published-apps/{guid}: an app that the account
 * made for itself, with its secrets.
 */
#include "app_task.h"
#include "apps.h"
#include "manage.h"
#include "published_json.h"
#include "query.h"

/* Inside the transaction. */
static enum err
published_show_fetch(const struct ctx *ctx, int64_t account, struct str guid,
    struct store_app *app, struct json **out)
{
	enum err err = store_app_find(ctx->db, ctx->arena, account, guid,
	    app);

	return err == ERR_OK ? published_json_whole(ctx, app, out) : err;
}

enum err
published_show_get(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	int64_t account = app_task_account(ctx);
	struct store_app app;
	struct str guid;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = app_task_guid(ctx, &guid)) != ERR_OK ||
	    (err = store_change_read(ctx->db, account)) != ERR_OK ||
	    (err = store_change_read_end(ctx->db, published_show_fetch(ctx,
	    account, guid, &app, &j))) != ERR_OK ||
	    (err = response_json(ctx->response, 200, j)) != ERR_OK)
		return err;
	manage_etag(ctx, app.revision);
	return ERR_OK;
}
