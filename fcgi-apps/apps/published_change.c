/* SPDX-License-Identifier: ISC */
/*
 * published_change [layer 8]: PATCH /published-apps/{guid}: other names for an
 * app that the account made for itself.
 */
#include "apps.h"
#include "published_form.h"
#include "published_json.h"
#include "published_task.h"
#include "query.h"

/* Inside the change, of APP, which is locked; it is told as it is then. */
static enum err
published_change_do(struct ctx *ctx, struct manage *m,
    const struct published_form *form, struct store_app *app,
    struct json **out)
{
	struct store_app_names names;
	struct str guid = str_of(app->guid);
	enum err err;

	published_form_apply(form, app, &names);
	if ((err = store_app_change(&m->change, app, &names)) != ERR_OK ||
	    (err = store_app_find(ctx->db, ctx->arena, m->change.account,
	    guid, app)) != ERR_OK)
		return err;
	return published_json_whole(ctx, app, out);
}

enum err
published_change_patch(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	struct published_form form;
	struct store_app app;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = published_form_read(ctx, false, &form)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = published_task_begin(ctx, &m, STORE_KEY_CHANGE_EDIT,
	    &app)) != ERR_OK ||
	    (err = store_change_end(&m.change, published_change_do(ctx, &m,
	    &form, &app, &j))) != ERR_OK ||
	    (err = response_json(ctx->response, 200, j)) != ERR_OK)
		return err;
	manage_etag(ctx, app.revision);
	return ERR_OK;
}
