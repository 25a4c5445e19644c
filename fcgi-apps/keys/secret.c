/* SPDX-License-Identifier: ISC */
/*
 * secret [layer 8]: ends an old secret of a key before its time.
 */
#include "clock.h"
#include "json.h"
#include "key_form.h"
#include "key_task.h"
#include "keys.h"
#include "query.h"

/* The secret VERSION of KEY, which has ended, as the answer tells it. */
static struct json *
secret_json(const struct store_key *key, int32_t version)
{
	struct json *j = json_object_open();

	if (j == NULL)
		return NULL;
	json_set_text(j, "id", key->id);
	json_set_int(j, "version", version);
	for (size_t i = 0; i < key->secret_count; i++)
		if (key->secrets[i].version == version)
			json_set_time(j, "revoked_at",
			    key->secrets[i].revoked);
	return j;
}

/* Inside the change, of KEY, which is locked; it is told as it is then. */
static enum err
secret_do(struct ctx *ctx, struct manage *m, struct store_key *key,
    int32_t version, bool force)
{
	int64_t now = clock_wall_us();
	int64_t idle = force ? INT64_MAX :
	    now - INT64_C(1000000) * KEYS_SILENT_SECONDS;
	enum err err = store_key_change_end_secret(&m->change, key, version,
	    now, idle);

	return err == ERR_OK ? store_key_find(ctx->db, ctx->arena,
	    key->account, str_of(key->id), key) : err;
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
	struct json *j CLEANUP_JSON = NULL;
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
	err = store_change_end(&m.change, secret_do(ctx, &m, &key,
	    (int32_t)version, force));
	if (err != ERR_OK && err != ERR_SECRET_ALREADY_ENDED)
		return err;
	j = secret_json(&key, (int32_t)version);
	return err == ERR_OK ? manage_respond(ctx, &m, j, key.revision) :
	    manage_repeat(ctx, &m, j, key.revision, err);
}
