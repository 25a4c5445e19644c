/* SPDX-License-Identifier: ISC */
/*
 * create [layer 8]: a new key, whose secret is in this answer and nowhere
 * else.
 */
#include "key_form.h"
#include "key_json.h"
#include "query.h"
#include "key_task.h"
#include "keys.h"
#include "newkey.h"

#define CREATE_WARNING "Keys of the kind api_key are deprecated. Make one of " \
	"the kind access_token."

/* Makes the key; inside the change. */
static enum err
create_make(struct ctx *ctx, struct manage *m, const struct store_key_new *new,
    struct decision_legacy *legacy, struct store_key *out)
{
	enum err err;

	if ((err = store_key_change_allow(&m->change,
	    STORE_KEY_CHANGE_CREATE)) != ERR_OK ||
	    (err = key_legacy_read(ctx, m->change.account, legacy)) != ERR_OK)
		return err;
	if (key_legacy_refuses(legacy, new->kind, ctx->now))
		return ERR_LEGACY_REFUSED;
	if ((err = store_key_change_create(&m->change, new)) != ERR_OK)
		return err;
	return store_key_find(ctx->db, ctx->arena, m->change.account, new->id,
	    out);
}

/* Before the change is kept: a secret that is made is also shown. */
static enum err
create_respond(struct ctx *ctx, const struct store_key *key,
    const struct decision_legacy *legacy, const struct newkey *secret)
{
	struct json *j CLEANUP_JSON = key_json_make(ctx, key, legacy);
	struct buf location = buf_in(ctx->arena);
	bool warns = key_legacy_is(legacy, str_of(key->kind));
	enum err err;

	if (j == NULL)
		return ERR_MEMORY;
	json_set_text(j, "secret", secret->text);
	if (warns)
		json_set_text(j, "warning", CREATE_WARNING);
	buf_printf(&location, "/hasp/v1/keys/%s", key->id);
	if (location.failed)
		return ERR_MEMORY;
	if ((err = response_json(ctx->response, 201, j)) != ERR_OK)
		return err;
	response_header(ctx->response, "Location", buf_str(&location));
	manage_etag(ctx, key->revision);
	if (warns)
		key_legacy_respond(ctx, legacy);
	return ERR_OK;
}

/* NEW is whole; SECRET is the text behind it. */
static enum err
create_do(struct ctx *ctx, struct manage *m, const struct store_key_new *new,
    const struct newkey *secret)
{
	struct decision_legacy legacy;
	struct store_key key;
	enum err err = manage_begin(ctx, m);

	if (err != ERR_OK)
		return err;
	err = create_make(ctx, m, new, &legacy, &key);
	if (err == ERR_OK)
		err = create_respond(ctx, &key, &legacy, secret);
	return store_change_end(&m->change, err);
}

enum err
create_handle(struct ctx *ctx)
{
	struct newkey secret CLEANUP_NEWKEY = { .text = "" };
	struct keytext_rules rules = keytext_rules(ctx->config);
	char id[DECISION_ID_SIZE];
	struct key_form_body body;
	struct store_key_new new;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = key_form_create(ctx, &body, &new)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_PROVED, &m)) != ERR_OK ||
	    (err = newkey_id(id)) != ERR_OK ||
	    (err = newkey_make(&rules, new.environment, &secret)) != ERR_OK)
		return err;
	new.id = str_of(id);
	new.secret = secret.fresh;
	err = manage_once(ctx, &m, STR("create"), &body.faults->body, new.id);
	return err == ERR_OK ? create_do(ctx, &m, &new, &secret) : err;
}
