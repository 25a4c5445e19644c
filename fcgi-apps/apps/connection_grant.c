/* SPDX-License-Identifier: ISC */
/*
 * connection_grant [layer 8]: POST /apps/{guid}/connection: approves a connect
 * code, with the role that it asks for or a lower one.
 */
#include "app_json.h"
#include "app_task.h"
#include "apps.h"
#include "code_form.h"
#include "manage.h"
#include "query.h"
#include "store_key_change.h"

/* Inside the change. */
static enum err
connection_grant_do(struct ctx *ctx, struct manage *m, struct str guid,
    const struct code_form *form, struct store_connection *out)
{
	struct store_change *c = &m->change;
	struct store_connection_code code;
	enum err err;

	if ((err = store_key_change_allow(c, STORE_KEY_CHANGE_CONNECT)) !=
	    ERR_OK ||
	    (err = store_connection_code(ctx->db, ctx->arena, &form->digest,
	    &code)) != ERR_OK ||
	    (err = store_connection_code_verdict(&code, c->account)) !=
	    ERR_OK)
		return err;
	if (!str_eq(guid, str_of(code.app)))
		return ERR_CONNECT_CODE_OTHER_APP;
	err = store_connection_grant(c, &form->digest, &code,
	    form->role != ROLE_NONE ? form->role : code.role);
	return err == ERR_OK ? store_connection_find(ctx->db, ctx->arena,
	    c->account, guid, out) : err;
}

static enum err
connection_grant_respond(struct ctx *ctx, const struct store_connection *c)
{
	struct json *j CLEANUP_JSON = app_json_make(c);
	struct buf location = buf_in(ctx->arena);
	enum err err;

	if (j == NULL)
		return ERR_MEMORY;
	buf_printf(&location, "/hasp/v1/apps/%s", c->app);
	if (location.failed)
		return ERR_MEMORY;
	err = response_json(ctx->response, 201, j);
	if (err == ERR_OK)
		response_header(ctx->response, "Location",
		    buf_str(&location));
	return err;
}

enum err
connection_grant_post(struct ctx *ctx)
{
	struct store_connection connection;
	struct code_form form;
	struct manage m;
	struct str guid;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = app_task_guid(ctx, &guid)) != ERR_OK ||
	    (err = code_form_read(ctx, true, &form)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_PROVED, &m)) != ERR_OK ||
	    (err = manage_begin(ctx, &m)) != ERR_OK)
		return err;
	err = store_change_end(&m.change, connection_grant_do(ctx, &m, guid,
	    &form, &connection));
	return err == ERR_OK ? connection_grant_respond(ctx, &connection) :
	    err;
}
