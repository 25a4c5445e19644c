/* SPDX-License-Identifier: ISC */
/*
 * revoke [layer 8]: ends a key for good. Every check reads the database, so
 * it is true at once.
 */
#include "key_form.h"
#include "key_json.h"
#include "query.h"
#include "key_task.h"
#include "keys.h"

#define REVOKE_WHY 200		/* characters */

static enum err
revoke_respond(struct ctx *ctx, const struct store_key *key)
{
	struct json *j CLEANUP_JSON = json_object_open();
	enum err err;

	if (j == NULL)
		return ERR_MEMORY;
	json_set_text(j, "id", key->id);
	json_set_bool(j, "confirmed", true);
	json_set_time(j, "revoked_at", key->revoked);
	json_set_text(j, "revoked_by", key->revoked_by);
	json_set_text(j, "revoked_why", key->revoked_why);
	if ((err = response_json(ctx->response, 200, j)) == ERR_OK)
		manage_etag(ctx, key->revision);
	return err;
}

/* Inside the change, of KEY, which is locked. */
static enum err
revoke_do(struct ctx *ctx, struct manage *m, struct store_key *key,
    struct str why)
{
	struct decision_legacy legacy;
	enum err err = store_key_change_revoke(&m->change, key, why);

	/* The reason alone can be refused. */
	if (err == ERR_INVALID)
		return ERR_QUERY_INVALID;
	if (err != ERR_OK ||
	    (err = key_task_again(ctx, key, &legacy)) != ERR_OK)
		return err;
	return revoke_respond(ctx, key);
}

enum err
revoke_handle(struct ctx *ctx)
{
	static const char *const names[] = { "why", NULL };
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
	return store_change_end(&m.change, revoke_do(ctx, &m, &key, why));
}
