/* SPDX-License-Identifier: ISC */
/*
 * published_remove [layer 8]: DELETE /published-apps/{guid}: ends an app for
 * good, with all its tokens.
 */
#include "app_task.h"
#include "apps.h"
#include "json.h"
#include "published_task.h"
#include "query.h"

/* APP, which is removed, as the answer tells it. */
static struct json *
published_remove_json(const struct store_app *app)
{
	struct json *j = json_object_open();

	if (j == NULL)
		return NULL;
	json_set_text(j, "guid", app->guid);
	json_set_time(j, "removed_at", app->removed);
	json_set_text(j, "removed_by", app->removed_by);
	return j;
}

/* Inside the change, of APP, which is locked; it is told as it is then. */
static enum err
published_remove_do(struct ctx *ctx, struct manage *m, struct store_app *app)
{
	enum err err = store_app_remove(&m->change, app);

	return err == ERR_OK ? store_app_find(ctx->db, ctx->arena,
	    m->change.account, str_of(app->guid), app) : err;
}

enum err
published_remove_delete(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	struct store_app app;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = app_task_no_body(ctx)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = published_task_begin(ctx, &m, STORE_KEY_CHANGE_REVOKE,
	    &app)) != ERR_OK)
		return err;
	err = store_change_end(&m.change, published_remove_do(ctx, &m, &app));
	if (err != ERR_OK && err != ERR_APP_ALREADY_REMOVED)
		return err;
	j = published_remove_json(&app);
	return err == ERR_OK ? manage_respond(ctx, &m, j, app.revision) :
	    manage_repeat(ctx, &m, j, app.revision, err);
}
