/* SPDX-License-Identifier: ISC */
#include "published_task.h"

#include "app_task.h"

enum err
published_task_begin(struct ctx *ctx, struct manage *m,
    enum store_key_change_kind kind, struct store_app *out)
{
	struct str guid;
	enum err err = app_task_guid(ctx, &guid);

	if (err != ERR_OK || (err = manage_begin(ctx, m)) != ERR_OK)
		return err;
	err = store_key_change_allow(&m->change, kind);
	if (err == ERR_OK)
		err = store_app_lock(&m->change, ctx->arena, guid, out);
	if (err == ERR_OK)
		err = manage_match(ctx, out->revision);
	return err == ERR_OK ? err : store_change_end(&m->change, err);
}
