/* SPDX-License-Identifier: ISC */
/*
 * connect_code [layer 8]: makes a code by which an admin of an account may
 * connect the app that asks.
 */
#include "apps.h"
#include "newkey.h"
#include "oauth.h"
#include "oauth_answer.h"

/* How long a code counts. */
#define CONNECT_CODE_SECONDS 900

/* Whether ENVIRONMENT is one of the program's. */
static bool
connect_code_is_environment(const struct config *c, struct str environment)
{
	for (size_t i = 0; i < c->environment_count; i++)
		if (str_eq(environment, c->environments[i]))
			return true;
	return false;
}

/* What is asked for, without the code. */
static enum err
connect_code_read(struct oauth *o, struct store_client_code *out)
{
	const struct config *c = o->ctx->config;
	enum err err = oauth_account(o, &out->account);

	if (err != ERR_OK)
		return err;
	if (out->account == 0)
		return oauth_fault(o, "The parameter account is missing: the "
		    "number of the account that is to be asked.");
	if (!role_parse(o->in.role, &out->role))
		return oauth_fault(o, "The parameter role is read, write or "
		    "admin: the most that the app asks for.");
	out->environment = o->in.environment.len > 0 ? o->in.environment :
	    c->environments[0];
	if (!connect_code_is_environment(c, out->environment))
		return oauth_fault(o, "The parameter environment is not one "
		    "of this service's.");
	/* Said before it could matter whether there is such an account. */
	return o->client.account == 0 || o->client.account == out->account ?
	    ERR_OK : ERR_APP_PRIVATE;
}

static enum err
connect_code_keep(struct oauth *o, const struct store_client_code *code,
    int64_t *expires)
{
	struct store_change change;
	enum err err;

	oauth_change(o, o->client.account, &change);
	change.gives = true;
	err = store_change_begin(&change);
	return err != ERR_OK ? err : store_change_end(&change,
	    store_client_make_code(&change, code, expires));
}

static enum err
connect_code_answer(struct oauth *o, const struct store_client_code *code,
    const char *text, int64_t expires)
{
	struct json *j CLEANUP_JSON = json_object_open();

	if (j == NULL)
		return ERR_MEMORY;
	json_set_text(j, "code", text);
	json_set_int(j, "expires_in", code->seconds);
	json_set_time(j, "expires_at", expires);
	json_set_int(j, "account", code->account);
	json_set_text(j, "role", role_name(code->role));
	json_set_str(j, "environment", code->environment);
	return oauth_answer_json(o->ctx, 201, j);
}

static enum err
connect_code_make(struct oauth *o)
{
	struct keytext_rules rules = keytext_code_rules(o->ctx->config);
	struct newkey fresh CLEANUP_NEWKEY = { .text = "" };
	struct store_client_code code = {
		.guid = str_of(o->guid), .seconds = CONNECT_CODE_SECONDS,
	};
	int64_t expires = 0;
	enum err err;

	if ((err = connect_code_read(o, &code)) != ERR_OK ||
	    (err = newkey_make(&rules, rules.environments[0], &fresh)) !=
	    ERR_OK)
		return err;
	code.digest = fresh.fresh.digest;
	if ((err = connect_code_keep(o, &code, &expires)) != ERR_OK)
		return err;
	return connect_code_answer(o, &code, fresh.text, expires);
}

enum err
connect_code_post(struct ctx *ctx)
{
	return oauth_serve(ctx, connect_code_make);
}
