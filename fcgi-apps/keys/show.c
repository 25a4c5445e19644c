/* SPDX-License-Identifier: ISC */
/*
 * show [layer 8]: one key with all its secrets.
 */
#include "key_json.h"
#include "query.h"
#include "key_task.h"
#include "keys.h"

enum err
show_handle(struct ctx *ctx)
{
	struct decision_legacy legacy;
	struct store_key key;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = key_task_read(ctx, &key, &legacy)) != ERR_OK)
		return err;
	return key_json_respond(ctx, &key, &legacy);
}
