/* SPDX-License-Identifier: ISC */
/*
 * secret [layer 8]: ends an old secret of a key before its time.
 */
#include "clock.h"
#include "key_form.h"
#include "key_json.h"
#include "query.h"
#include "key_task.h"
#include "keys.h"

static enum err
secret_respond(struct ctx *ctx, const struct store_key *key, int32_t version)
{
	struct json *j CLEANUP_JSON = json_object_open();
	enum err err;

	if (j == NULL)
		return ERR_MEMORY;
	json_set_text(j, "id", key->id);
	json_set_int(j, "version", version);
	json_set_bool(j, "confirmed", true);
	for (size_t i = 0; i < key->secret_count; i++)
		if (key->secrets[i].version == version)
			json_set_time(j, "revoked_at",
			    key->secrets[i].revoked);
	if ((err = response_json(ctx->response, 200, j)) == ERR_OK)
		manage_etag(ctx, key->revision);
	return err;
}

/* Inside the change, of KEY, which is locked. */
static enum err
secret_do(struct ctx *ctx, struct manage *m, struct store_key *key,
    int32_t version, bool force)
{
	int64_t now = clock_wall_us();
	int64_t idle = force ? INT64_MAX :
	    now - INT64_C(1000000) * KEYS_SILENT_SECONDS;
	struct decision_legacy legacy;
	enum err err;

	if ((err = store_key_change_end_secret(&m->change, key, version,
	    now, idle)) != ERR_OK ||
	    (err = key_task_again(ctx, key, &legacy)) != ERR_OK)
		return err;
	return secret_respond(ctx, key, version);
}

static enum err
secret_query(const struct ctx *ctx, bool *force)
{
	static const char *const names[] = { "force", NULL };
	struct str text = STR("false");
	enum err err;

	if ((err = query_known(ctx, names)) != ERR_OK ||
	    (err = query_text(ctx, "force", 8, &text)) != ERR_OK)
		return err;
	*force = str_eq(text, STR("true"));
	return *force || str_eq(text, STR("false")) ? ERR_OK :
	    ERR_QUERY_INVALID;
}

enum err
secret_handle(struct ctx *ctx)
{
	struct store_key key;
	struct manage m;
	uint64_t version;
	bool force;
	enum err err;

	if (!str_u64(ctx->params[1], INT32_MAX, &version))
		return ERR_NOT_FOUND;
	if ((err = secret_query(ctx, &force)) != ERR_OK ||
	    (err = key_form_none(ctx)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = key_task_begin(ctx, &m, STORE_KEY_CHANGE_EDIT, &key)) !=
	    ERR_OK)
		return err;
	return store_change_end(&m.change, secret_do(ctx, &m, &key,
	    (int32_t)version, force));
}
