/* SPDX-License-Identifier: ISC */
/*
 * sign_out [layer 8]: DELETE /session: ends the session and its cookie.
 */
#include "accounts.h"
#include "query.h"
#include "store_audit.h"

static enum err
sign_out_change(struct ctx *ctx, const struct store_change *change)
{
	enum err err = store_session_end(ctx->db, change->account,
	    &ctx->session->digest);

	return err != ERR_OK ? err : store_audit_member(change, "signed_out",
	    ctx->session->row.member);
}

enum err
sign_out_delete(struct ctx *ctx)
{
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = manage_begin(ctx, &m)) != ERR_OK ||
	    (err = store_change_end(&m.change,
	    sign_out_change(ctx, &m.change))) != ERR_OK)
		return err;
	response_status(ctx->response, 204);
	response_header(ctx->response, "Cache-Control", STR("no-store"));
	session_end_cookie(ctx->response);
	return ERR_OK;
}
