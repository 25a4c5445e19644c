/* SPDX-License-Identifier: ISC */
/*
 * published_create [layer 8]: POST /published-apps: an app that the account
 * makes for itself, whose secret is in this answer and nowhere else.
 */
#include "apps.h"
#include "manage.h"
#include "newkey.h"
#include "published_form.h"
#include "published_json.h"
#include "query.h"
#include "store_account.h"
#include "store_key_change.h"

/* Makes it; inside the change. */
static enum err
published_create_make(struct ctx *ctx, struct manage *m,
    struct published_form *form, const struct newkey *secret,
    struct store_app *out)
{
	struct store_change *c = &m->change;
	struct store_account_own account;
	enum err err;

	if ((err = store_key_change_allow(c, STORE_KEY_CHANGE_CONNECT)) !=
	    ERR_OK)
		return err;
	/* Unless it says so, the account is the publisher. */
	if (!form->names_publisher) {
		err = store_account_describe(ctx->db, ctx->arena, c->account,
		    &account);
		if (err != ERR_OK)
			return err;
		form->names.publisher = str_of(account.name);
	}
	return store_app_create(c, ctx->arena, &form->names, &secret->fresh,
	    out);
}

/* Before the change is kept: a secret that is made is also shown. */
static enum err
published_create_respond(struct ctx *ctx, const struct store_app *app,
    const struct newkey *secret)
{
	struct json *j CLEANUP_JSON = NULL;
	struct buf location = buf_in(ctx->arena);
	enum err err = published_json_whole(ctx, app, &j);

	if (err != ERR_OK)
		return err;
	json_set_text(j, "client_secret", secret->text);
	buf_printf(&location, "/hasp/v1/published-apps/%s", app->guid);
	if (location.failed)
		return ERR_MEMORY;
	if ((err = response_json(ctx->response, 201, j)) != ERR_OK)
		return err;
	response_header(ctx->response, "Location", buf_str(&location));
	manage_etag(ctx, app->revision);
	return ERR_OK;
}

static enum err
published_create_do(struct ctx *ctx, struct manage *m,
    struct published_form *form)
{
	struct newkey secret CLEANUP_NEWKEY = { .text = "" };
	struct keytext_rules rules = keytext_client_rules(ctx->config);
	struct store_app app;
	enum err err = newkey_make(&rules, STR("app"), &secret);

	if (err != ERR_OK || (err = manage_begin(ctx, m)) != ERR_OK)
		return err;
	err = published_create_make(ctx, m, form, &secret, &app);
	if (err == ERR_OK)
		err = published_create_respond(ctx, &app, &secret);
	return store_change_end(&m->change, err);
}

enum err
published_create_post(struct ctx *ctx)
{
	struct published_form form;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = published_form_read(ctx, true, &form)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_PROVED, &m)) != ERR_OK)
		return err;
	return published_create_do(ctx, &m, &form);
}
