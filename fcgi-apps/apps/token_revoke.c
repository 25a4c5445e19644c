/* SPDX-License-Identifier: ISC */
/*
 * token_revoke [layer 8]: DELETE /apps/{guid}/tokens/{id}: ends one token of an
 * app for good, however it was made.
 */
#include "app_task.h"
#include "apps.h"
#include "json.h"
#include "manage.h"
#include "newkey.h"
#include "store_key_change.h"

/* KEY, which is revoked, as the answer tells it. */
static struct json *
token_revoke_json(const struct store_key *key)
{
	struct json *j = json_object_open();

	if (j == NULL)
		return NULL;
	json_set_text(j, "id", key->id);
	json_set_time(j, "revoked_at", key->revoked);
	json_set_text(j, "revoked_by", key->revoked_by);
	json_set_text(j, "revoked_why", key->revoked_why);
	return j;
}

/* Inside the change; KEY is told as it is then. */
static enum err
token_revoke_do(struct ctx *ctx, struct manage *m, struct str guid,
    struct str why, struct store_key *key)
{
	struct store_change *c = &m->change;
	enum err err;

	if ((err = store_key_change_allow(c, STORE_KEY_CHANGE_REVOKE)) !=
	    ERR_OK ||
	    (err = store_key_change_lock(c, ctx->arena, ctx->params[1],
	    key)) != ERR_OK)
		return err;
	if (!str_eq(guid, str_of(key->app)))
		return ERR_NOT_FOUND;
	err = store_key_change_revoke(c, key, why);
	/* The reason alone can be refused. */
	if (err == ERR_INVALID)
		return ERR_QUERY_INVALID;
	return err == ERR_OK ? store_key_find(ctx->db, ctx->arena,
	    c->account, str_of(key->id), key) : err;
}

enum err
token_revoke_delete(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	struct str why = STR(""), guid;
	struct store_key key;
	struct manage m;
	enum err err;

	if ((err = app_task_why(ctx, &why)) != ERR_OK ||
	    (err = app_task_guid(ctx, &guid)) != ERR_OK)
		return err;
	if (!newkey_is_id(ctx->params[1]))
		return ERR_NOT_FOUND;
	if ((err = app_task_no_body(ctx)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = manage_begin(ctx, &m)) != ERR_OK)
		return err;
	err = store_change_end(&m.change, token_revoke_do(ctx, &m, guid, why,
	    &key));
	if (err != ERR_OK && err != ERR_ALREADY_REVOKED)
		return err;
	j = token_revoke_json(&key);
	return err == ERR_OK ? manage_respond(ctx, &m, j, 0) :
	    manage_repeat(ctx, &m, j, 0, err);
}
