/* SPDX-License-Identifier: ISC */
/*
 * session_show [layer 8]: GET /session: who is signed in, and the token that
 * changes need.
 */
#include "accounts.h"
#include "query.h"

enum err
session_show_get(struct ctx *ctx)
{
	enum err err = query_none(ctx);

	return err != ERR_OK ? err : view_session(ctx, ctx->session);
}
