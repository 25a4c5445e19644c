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
disable_do(struct ctx *ctx, struct manage *m, struct store_key *key, bool off)
{
	struct decision_legacy legacy;
	enum err err;

	if ((err = store_key_change_switch(&m->change, key, off)) != ERR_OK ||
	    (err = key_task_again(ctx, key, &legacy)) != ERR_OK)
		return err;
	return key_json_respond(ctx, key, &legacy);
}

static enum err
disable_switch(struct ctx *ctx, bool off)
{
	struct store_key key;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = key_form_none(ctx)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = key_task_begin(ctx, &m, STORE_KEY_CHANGE_EDIT, &key)) !=
	    ERR_OK)
		return err;
	return store_change_end(&m.change, disable_do(ctx, &m, &key, off));
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
