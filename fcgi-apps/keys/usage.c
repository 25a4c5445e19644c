/* SPDX-License-Identifier: ISC */
/*
 * usage [layer 8]: when and from where each secret of a key was used.
 */
#include "key_json.h"
#include "query.h"
#include "key_task.h"
#include "keys.h"

enum err
usage_handle(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	struct decision_legacy legacy;
	struct store_key key;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = key_task_read(ctx, &key, &legacy)) != ERR_OK)
		return err;
	if ((j = key_json_usage(&key)) == NULL)
		return ERR_MEMORY;
	return response_json(ctx->response, 200, j);
}
