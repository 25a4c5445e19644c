/* SPDX-License-Identifier: ISC */
/*
 * revoke [layer 8]: ends a key for good.
 */
#include "json.h"
#include "key_form.h"
#include "key_task.h"
#include "keys.h"
#include "query.h"

#define REVOKE_WHY 200		/* characters */

/* KEY, which is revoked, as the answer tells it. */
static struct json *
revoke_json(const struct store_key *key)
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

/* Inside the change, of KEY, which is locked; it is told as it is then. */
static enum err
revoke_do(struct ctx *ctx, struct manage *m, struct store_key *key,
    struct str why)
{
	enum err err = store_key_change_revoke(&m->change, key, why);

	/* The reason alone can be refused. */
	if (err == ERR_INVALID)
		return ERR_QUERY_INVALID;
	return err == ERR_OK ? store_key_find(ctx->db, ctx->arena,
	    key->account, str_of(key->id), key) : err;
}

enum err
revoke_handle(struct ctx *ctx)
{
	static const char *const names[] = { "why", NULL };
	struct json *j CLEANUP_JSON = NULL;
	struct str why = STR("");
	struct store_key key;
	struct manage m;
	enum err err;

	if ((err = query_known(ctx, names)) != ERR_OK ||
	    (err = query_text(ctx, "why", 4 * REVOKE_WHY, &why)) !=
	    ERR_OK ||
	    (err = key_form_none(ctx)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = key_task_begin(ctx, &m, STORE_KEY_CHANGE_REVOKE, &key)) !=
	    ERR_OK)
		return err;
	err = store_change_end(&m.change, revoke_do(ctx, &m, &key, why));
	if (err != ERR_OK && err != ERR_ALREADY_REVOKED)
		return err;
	j = revoke_json(&key);
	return err == ERR_OK ? manage_respond(ctx, &m, j, key.revision) :
	    manage_repeat(ctx, &m, j, key.revision, err);
}
