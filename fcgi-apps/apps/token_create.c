/* SPDX-License-Identifier: ISC */
/*
 * token_create [layer 8]: POST /apps/{guid}/tokens: a token of a connection
 * that is made by hand and lives on, whose secret is in this answer and nowhere
 * else.
 */
#include <string.h>

#include "app_task.h"
#include "apps.h"
#include "manage.h"
#include "newkey.h"
#include "query.h"
#include "token_json.h"

#define TOKEN_CREATE_YEARS_US (INT64_C(36525) * 86400 * 1000000) /* a hundred */

/* As the body has it. */
struct token_create_body {
	struct form_text name;
	struct form_word role;
	struct form_time expires_at;
};

static const char *const token_create_roles[] = {
	"read", "write", "admin", NULL
};

static const struct form_field token_create_fields[] = {
	{ FORM_MEMBER(struct token_create_body, name), .kind = FORM_LABEL,
	    .required = true },
	{ FORM_MEMBER(struct token_create_body, role), .kind = FORM_WORD,
	    .required = true, .words = token_create_roles },
	{ FORM_MEMBER(struct token_create_body, expires_at),
	    .kind = FORM_TIME, .nullable = true },
};

static const struct form token_create_form = {
	.fields = token_create_fields,
	.count = ARRAY_LEN(token_create_fields),
};

/* One that is being made. */
struct token_create {
	struct manage m;
	struct str guid;
	char id[DECISION_ID_SIZE];
	struct store_token_new new;
	struct store_connection connection;
	struct store_token token;
};

/* NEW gets what the body says; DIGEST is of all of it. */
static enum err
token_create_read(struct ctx *ctx, struct store_token_new *new,
    struct digest *digest)
{
	struct token_create_body body;
	struct form_faults *faults;
	enum err err;

	memset(&body, 0, sizeof(body));
	memset(new, 0, sizeof(*new));
	err = app_task_form(ctx, &token_create_form, &body, &faults);
	if (err != ERR_OK && err != ERR_INVALID)
		return err;
	/* 0 if there is none, or it was found to be none. */
	new->expires = body.expires_at.wall_us;
	if (new->expires != 0 && (new->expires <= ctx->now ||
	    new->expires > ctx->now + TOKEN_CREATE_YEARS_US))
		form_fault(faults, "#/expires_at", "A point of time "
		    "that lies ahead, at most 100 years.");
	if ((err = form_verdict(faults)) != ERR_OK)
		return err;
	new->name = body.name.value;
	*digest = faults->body;
	return role_parse(str_of(token_create_roles[body.role.index]),
	    &new->role) ? ERR_OK : ERR_INTERNAL;
}

/* Whether the connection T is of grants what is asked for. */
static enum err
token_create_judge(const struct token_create *t)
{
	const struct store_connection *c = &t->connection;
	enum role most;

	if (c->removed != 0)
		return ERR_APP_ALREADY_REMOVED;
	if (c->revoked != 0)
		return ERR_NOT_CONNECTED;
	if (!role_parse(str_of(c->role), &most))
		return ERR_INTERNAL;
	return t->new.role > most ? ERR_ROLE_ABOVE_GRANT : ERR_OK;
}

/* Makes it; inside the change. */
static enum err
token_create_make(struct ctx *ctx, struct token_create *t,
    struct newkey *secret)
{
	struct keytext_rules rules = keytext_token_rules(ctx->config);
	struct store_change *c = &t->m.change;
	enum err err;

	if ((err = store_key_change_allow(c, STORE_KEY_CHANGE_CREATE)) !=
	    ERR_OK ||
	    (err = store_connection_find(ctx->db, ctx->arena, c->account,
	    t->guid, &t->connection)) != ERR_OK ||
	    (err = token_create_judge(t)) != ERR_OK)
		return err;
	t->new.app = t->guid;
	t->new.connection = t->connection.id;
	t->new.environment = str_of(t->connection.environment);
	err = newkey_make(&rules, t->new.environment, secret);
	/* Its environment is not in the configuration any more. */
	if (err == ERR_INVALID)
		return ERR_CONFLICT;
	if (err != ERR_OK)
		return err;
	t->new.secret = secret->fresh;
	err = store_token_create(c, &t->new);
	return err == ERR_OK ? store_token_find(ctx->db, ctx->arena,
	    c->account, t->new.id, &t->token) : err;
}

/* Before the change is kept: a secret that is made is also shown. */
static enum err
token_create_respond(struct ctx *ctx, const struct token_create *t,
    const struct newkey *secret)
{
	struct json *j CLEANUP_JSON = token_json_make(ctx, &t->connection,
	    &t->token);
	struct buf location = buf_in(ctx->arena);
	enum err err;

	if (j == NULL)
		return ERR_MEMORY;
	json_set_text(j, "secret", secret->text);
	buf_printf(&location, "/hasp/v1/apps/%s/tokens/%s",
	    t->connection.app, t->token.id);
	if (location.failed)
		return ERR_MEMORY;
	err = response_json(ctx->response, 201, j);
	if (err == ERR_OK)
		response_header(ctx->response, "Location",
		    buf_str(&location));
	return err;
}

/* Reads the Idempotency-Key. */
static enum err
token_create_once(const struct ctx *ctx, struct token_create *t,
    const struct digest *body)
{
	struct buf what = buf_in(ctx->arena);

	buf_add(&what, STR("token "));
	buf_add(&what, t->guid);
	return what.failed ? ERR_MEMORY : manage_once(ctx, &t->m,
	    buf_str(&what), body, t->new.id);
}

static enum err
token_create_do(struct ctx *ctx, struct token_create *t)
{
	struct newkey secret CLEANUP_NEWKEY = { .text = "" };
	enum err err = manage_begin(ctx, &t->m);

	if (err != ERR_OK)
		return err;
	err = token_create_make(ctx, t, &secret);
	if (err == ERR_OK)
		err = token_create_respond(ctx, t, &secret);
	return store_change_end(&t->m.change, err);
}

enum err
token_create_post(struct ctx *ctx)
{
	struct token_create t;
	struct digest body;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = app_task_guid(ctx, &t.guid)) != ERR_OK ||
	    (err = token_create_read(ctx, &t.new, &body)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_PROVED, &t.m)) != ERR_OK ||
	    (err = newkey_id(t.id)) != ERR_OK)
		return err;
	t.new.id = str_of(t.id);
	err = token_create_once(ctx, &t, &body);
	return err == ERR_OK ? token_create_do(ctx, &t) : err;
}
