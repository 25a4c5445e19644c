/* SPDX-License-Identifier: ISC */
/*
 * account_show [layer 8]: GET /account: the account of a key or of who is
 * signed in, with its plan, region and API host.
 */
#include "access.h"
#include "accounts.h"
#include "query.h"

enum err
account_show_get(struct ctx *ctx)
{
	enum err err = query_none(ctx);

	if (err != ERR_OK)
		return err;
	return view_account(ctx, ctx->session != NULL ?
	    ctx->session->row.account : ctx->caller->record.account);
}
