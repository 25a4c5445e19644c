/* SPDX-License-Identifier: ISC */
/*
 * code_inspect [layer 8]: POST /connect-codes/inspection: what a connect code
 * asks for, for who is to approve it.
 */
#include "app_json.h"
#include "app_task.h"
#include "apps.h"
#include "code_form.h"
#include "query.h"

static enum err
code_inspect_respond(struct ctx *ctx, const struct store_connection_code *code)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *app = json_object_open();

	if (j == NULL) {
		json_close(app);
		return ERR_MEMORY;
	}
	app_json_set_names(app, code->app, code->name, code->publisher,
	    code->home_page);
	json_set_bool(app, "private", code->owner != 0);
	json_set(j, "app", app);
	json_set_text(j, "role", role_name(code->role));
	json_set_text(j, "environment", code->environment);
	json_set_time(j, "expires_at", code->expires);
	return response_json(ctx->response, 200, j);
}

enum err
code_inspect_post(struct ctx *ctx)
{
	int64_t account = app_task_account(ctx);
	struct store_connection_code code;
	struct code_form form;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = code_form_read(ctx, false, &form)) != ERR_OK ||
	    (err = store_change_read(ctx->db, account)) != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, store_connection_code(ctx->db,
	    ctx->arena, &form.digest, &code));
	if (err == ERR_OK)
		err = store_connection_code_verdict(&code, account);
	return err == ERR_OK ? code_inspect_respond(ctx, &code) : err;
}
