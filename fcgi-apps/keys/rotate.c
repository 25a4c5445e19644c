/* SPDX-License-Identifier: ISC */
/*
 * rotate [layer 8]: a new secret for a key, whose old ones live on for a
 * while.
 */
#include "clock.h"
#include "json.h"
#include "key_form.h"
#include "query.h"
#include "key_task.h"
#include "keys.h"
#include "newkey.h"

/* Inside the change, of KEY, which is locked. */
static enum err
rotate_do(struct ctx *ctx, struct manage *m, struct store_key *key,
    const struct key_form_rotation *how, struct json **out)
{
	struct newkey secret CLEANUP_NEWKEY = { .text = "" };
	struct keytext_rules rules = keytext_rules(ctx->config);
	int32_t version;
	enum err err = newkey_make(&rules, str_of(key->environment), &secret);

	/* Its environment is not in the configuration any more. */
	if (err == ERR_INVALID)
		return ERR_CONFLICT;
	if (err != ERR_OK ||
	    (err = store_key_change_rotate(&m->change, key, &secret.fresh,
	    how->overlap, how->first_use, clock_wall_us(), &version)) !=
	    ERR_OK ||
	    (err = key_task_again(ctx, key, out)) != ERR_OK)
		return err;
	json_set_text(*out, "secret", secret.text);
	return ERR_OK;
}

/* Reads the Idempotency-Key of the rotation of the key ID. */
static enum err
rotate_once(const struct ctx *ctx, struct manage *m, struct str id,
    const struct digest *body)
{
	struct buf what = buf_in(ctx->arena);

	buf_add(&what, STR("rotate "));
	buf_add(&what, id);
	return what.failed ? ERR_MEMORY :
	    manage_once(ctx, m, buf_str(&what), body, id);
}

enum err
rotate_handle(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	struct key_form_rotation how;
	struct store_key key;
	struct manage m;
	struct str id;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = key_task_id(ctx, &id)) != ERR_OK ||
	    (err = key_form_rotation(ctx, &how)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_PROVED, &m)) != ERR_OK ||
	    (err = rotate_once(ctx, &m, id, &how.body)) != ERR_OK ||
	    (err = key_task_begin(ctx, &m, STORE_KEY_CHANGE_ROTATE, &key)) !=
	    ERR_OK)
		return err;
	err = store_change_end(&m.change, rotate_do(ctx, &m, &key, &how, &j));
	return err == ERR_OK ? manage_respond(ctx, &m, j, key.revision) : err;
}
