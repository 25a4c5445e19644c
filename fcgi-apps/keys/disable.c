/* SPDX-License-Identifier: ISC */
/*
 * disable [layer 8]: switches a key off, and on again.
 */
#include "key_form.h"
#include "key_json.h"
#include "query.h"
#include "key_task.h"
#include "keys.h"

/* Inside the change, of KEY, which is locked. */
static enum err
disable_do(struct ctx *ctx, struct manage *m, struct store_key *key, bool off,
    struct json **out)
{
	enum err err = store_key_change_switch(&m->change, key, off);

	return err == ERR_OK ? key_task_again(ctx, key, out) : err;
}

static enum err
disable_switch(struct ctx *ctx, bool off)
{
	struct json *j CLEANUP_JSON = NULL;
	struct store_key key;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = key_form_none(ctx)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = key_task_begin(ctx, &m, STORE_KEY_CHANGE_EDIT, &key)) !=
	    ERR_OK)
		return err;
	m.change.gives = !off;
	err = store_change_end(&m.change, disable_do(ctx, &m, &key, off, &j));
	return err == ERR_OK ? manage_respond(ctx, &m, j, key.revision) : err;
}

enum err
disable_handle(struct ctx *ctx)
{
	return disable_switch(ctx, true);
}

enum err
disable_undo(struct ctx *ctx)
{
	return disable_switch(ctx, false);
}
