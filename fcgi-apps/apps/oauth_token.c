/* SPDX-License-Identifier: ISC */
/*
 * oauth_token [layer 8]: gives an app an access token of a connection, by
 * client credentials (RFC 6749 section 4.4).
 */
#include "apps.h"
#include "newkey.h"
#include "oauth.h"
#include "oauth_answer.h"
#include "store_token.h"

#define OAUTH_TOKEN_SECOND INT64_C(1000000)

/* A token on its way. */
struct oauth_token {
	struct store_client_connection connection;
	enum role role;
	int64_t seconds;		/* that it lives */
	char id[DECISION_ID_SIZE];
	struct newkey fresh;
};

static void
oauth_token_wipe(struct oauth_token *token)
{
	newkey_wipe(&token->fresh);
}

/* What is asked for, as far as it can be told without the database. */
static enum err
oauth_token_read(struct oauth *o, int64_t *account, enum role *scope)
{
	if (o->in.grant_type.len == 0)
		return oauth_fault(o, "The parameter grant_type is missing: it "
		    "is client_credentials.");
	if (!str_eq(o->in.grant_type, STR("client_credentials")))
		return ERR_GRANT_TYPE_UNSUPPORTED;
	*scope = ROLE_NONE;
	if (o->in.scope.len > 0 && !role_parse(o->in.scope, scope))
		return ERR_SCOPE_INVALID;
	return oauth_account(o, account);
}

/* What T becomes by the connection to ACCOUNT, with all or less of its role. */
static enum err
oauth_token_plan(struct oauth *o, int64_t account, enum role scope,
    struct oauth_token *t)
{
	struct keytext_rules rules = keytext_token_rules(o->ctx->config);
	enum err err = store_client_connection(o->ctx->db, o->ctx->arena,
	    str_of(o->guid), account, &t->connection);

	if (err != ERR_OK)
		return err;
	if (scope > t->connection.role)
		return ERR_SCOPE_INVALID;
	t->role = scope != ROLE_NONE ? scope : t->connection.role;
	t->seconds = o->ctx->config->apps_token_seconds;
	if ((err = newkey_id(t->id)) != ERR_OK)
		return err;
	err = newkey_make(&rules, str_of(t->connection.environment),
	    &t->fresh);
	/* The connection is older than the program's environments. */
	return err == ERR_INVALID ? ERR_SITE_MISCONFIGURED : err;
}

/* Keeps T. */
static enum err
oauth_token_keep(struct oauth *o, const struct oauth_token *t)
{
	const struct store_token_new token = {
		.id = str_of(t->id),
		.name = str_of(o->client.name),
		.role = t->role,
		.environment = str_of(t->connection.environment),
		.app = str_of(o->guid),
		.connection = t->connection.id,
		.expires = o->ctx->now + t->seconds * OAUTH_TOKEN_SECOND,
		.secret = t->fresh.fresh,
	};
	struct store_change change;
	enum err err;

	oauth_change(o, t->connection.account, &change);
	change.gives = true;
	if ((err = store_change_begin(&change)) != ERR_OK)
		return err;
	err = store_change_end(&change, store_token_create(&change, &token));
	/* It ended since it was looked at. */
	return err == ERR_NOT_CONNECTED ? ERR_CONNECTION_ENDED : err;
}

static enum err
oauth_token_answer(struct oauth *o, const struct oauth_token *t)
{
	struct json *j CLEANUP_JSON = json_object_open();

	if (j == NULL)
		return ERR_MEMORY;
	json_set_text(j, "access_token", t->fresh.text);
	json_set_text(j, "token_type", "Bearer");
	json_set_int(j, "expires_in", t->seconds);
	json_set_text(j, "scope", role_name(t->role));
	json_set_int(j, "account", t->connection.account);
	return oauth_answer_json(o->ctx, 200, j);
}

static enum err
oauth_token_make(struct oauth *o)
{
	struct oauth_token token CLEANUP(oauth_token_wipe) = {
		.role = ROLE_NONE,
	};
	enum role scope;
	int64_t account;
	enum err err;

	if ((err = oauth_token_read(o, &account, &scope)) != ERR_OK ||
	    (err = oauth_token_plan(o, account, scope, &token)) != ERR_OK ||
	    (err = oauth_token_keep(o, &token)) != ERR_OK)
		return err;
	return oauth_token_answer(o, &token);
}

enum err
oauth_token_post(struct ctx *ctx)
{
	return oauth_serve(ctx, oauth_token_make);
}
