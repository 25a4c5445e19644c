/* SPDX-License-Identifier: ISC */
#include "token_json.h"

#include "clock.h"
#include "keytext.h"

/* In one word, the first that fits. */
static const char *
token_json_status(const struct store_connection *c,
    const struct store_token *token)
{
	if (token->revoked != 0)
		return "revoked";
	if (c->revoked != 0 || c->removed != 0)
		return "stopped";
	if (token->disabled != 0)
		return "disabled";
	return token->expires != 0 && token->expires <= clock_wall_us() ?
	    "expired" : "active";
}

/* What people tell it by; none of it can be used. */
static void
token_json_set_hint(struct json *j, const struct ctx *ctx,
    const struct store_token *token)
{
	struct keytext_rules rules = keytext_token_rules(ctx->config);
	struct buf hint = buf_in(ctx->arena);

	buf_add(&hint, rules.prefix);
	buf_printf(&hint, "_%s_...%s", token->environment, token->last);
	json_set_text(j, "hint", hint.failed ? NULL : hint.data);
}

struct json *
token_json_make(const struct ctx *ctx, const struct store_connection *c,
    const struct store_token *token)
{
	struct json *j = json_object_open();
	bool revoked = token->revoked != 0;

	if (j == NULL)
		return NULL;
	json_set_text(j, "id", token->id);
	json_set_text(j, "name", token->name);
	json_set_text(j, "role", token->role);
	json_set_text(j, "environment", token->environment);
	json_set_text(j, "status", token_json_status(c, token));
	token_json_set_hint(j, ctx, token);
	json_set_bool(j, "fetched", token->fetched);
	json_set_text(j, "created_by", token->created_by);
	json_set_time(j, "created_at", token->created);
	json_set_time(j, "expires_at", token->expires);
	json_set_time(j, "disabled_at", token->disabled);
	json_set_time(j, "revoked_at", token->revoked);
	json_set_text(j, "revoked_by", revoked ? token->revoked_by : NULL);
	json_set_text(j, "revoked_why", revoked ? token->revoked_why : NULL);
	json_set_time(j, "last_used_at", token->last_used);
	json_set_text(j, "last_used_from",
	    token->last_used_from[0] != '\0' ? token->last_used_from : NULL);
	return j;
}
