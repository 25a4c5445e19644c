/* SPDX-License-Identifier: ISC */
/*
 * published_rotate [layer 8]: POST /published-apps/{guid}/secrets: a new secret
 * for an app, whose old one lives on for a while.
 */
#include "apps.h"
#include "newkey.h"
#include "published_form.h"
#include "published_json.h"
#include "published_task.h"
#include "query.h"

/* Inside the change, of APP, which is locked; it is told as it is then. */
static enum err
published_rotate_do(struct ctx *ctx, struct manage *m, struct store_app *app,
    int64_t overlap, struct json **out)
{
	struct newkey secret CLEANUP_NEWKEY = { .text = "" };
	struct keytext_rules rules = keytext_client_rules(ctx->config);
	int32_t version;
	enum err err = newkey_make(&rules, STR("app"), &secret);

	if (err != ERR_OK ||
	    (err = store_app_rotate(&m->change, app, &secret.fresh, overlap,
	    &version)) != ERR_OK ||
	    (err = store_app_find(ctx->db, ctx->arena, m->change.account,
	    str_of(app->guid), app)) != ERR_OK ||
	    (err = published_json_whole(ctx, app, out)) != ERR_OK)
		return err;
	json_set_text(*out, "client_secret", secret.text);
	return response_json(ctx->response, 201, *out);
}

enum err
published_rotate_post(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	struct store_app app;
	struct manage m;
	int64_t overlap;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = published_form_overlap(ctx, &overlap)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_PROVED, &m)) != ERR_OK ||
	    (err = published_task_begin(ctx, &m, STORE_KEY_CHANGE_ROTATE,
	    &app)) != ERR_OK ||
	    (err = store_change_end(&m.change, published_rotate_do(ctx, &m,
	    &app, overlap, &j))) != ERR_OK)
		return err;
	manage_etag(ctx, app.revision);
	return ERR_OK;
}
