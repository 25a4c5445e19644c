/* SPDX-License-Identifier: ISC */
/*
 * connection_revoke [layer 8]: DELETE /apps/{guid}/connection: ends what an app
 * was granted, for good, with all its tokens.
 */
#include "app_json.h"
#include "app_task.h"
#include "apps.h"
#include "manage.h"
#include "query.h"

#define CONNECTION_REVOKE_NOTICE "The access of the app is revoked for good, " \
	"with all its tokens: " APP_JSON_FINAL

/* C, which is revoked, as the answer tells it. */
static struct json *
connection_revoke_json(const struct store_connection *c)
{
	struct json *j = json_object_open();

	if (j == NULL)
		return NULL;
	json_set_text(j, "guid", c->app);
	json_set_int(j, "connection", c->id);
	json_set_time(j, "revoked_at", c->revoked);
	json_set_text(j, "revoked_by", c->revoked_by);
	json_set_text(j, "revoked_why", c->revoked_why);
	json_set_text(j, "notice", CONNECTION_REVOKE_NOTICE);
	return j;
}

/* Inside the change; C is told as it is then. */
static enum err
connection_revoke_do(struct ctx *ctx, struct manage *m, struct str guid,
    struct str why, struct store_connection *c)
{
	enum err err = store_connection_revoke(&m->change, guid, why), found;

	/* The reason alone can be refused. */
	if (err == ERR_INVALID)
		return ERR_QUERY_INVALID;
	if (err != ERR_OK && err != ERR_NOT_CONNECTED)
		return err;
	found = store_connection_find(ctx->db, ctx->arena, m->change.account,
	    guid, c);
	return found != ERR_OK ? found : err;
}

enum err
connection_revoke_delete(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	struct store_connection connection;
	struct str why = STR(""), guid;
	struct manage m;
	enum err err;

	if ((err = app_task_why(ctx, &why)) != ERR_OK ||
	    (err = app_task_guid(ctx, &guid)) != ERR_OK ||
	    (err = app_task_no_body(ctx)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = manage_begin(ctx, &m)) != ERR_OK)
		return err;
	err = store_change_end(&m.change, connection_revoke_do(ctx, &m, guid,
	    why, &connection));
	if (err != ERR_OK && err != ERR_NOT_CONNECTED)
		return err;
	j = connection_revoke_json(&connection);
	return err == ERR_OK ? manage_respond(ctx, &m, j, 0) :
	    manage_repeat(ctx, &m, j, 0, err);
}
