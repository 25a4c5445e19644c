/* SPDX-License-Identifier: ISC */
/*
 * member_remove [layer 8]: DELETE /members/{id}: removes a member, perhaps
 * oneself, and ends their sessions at once.
 */
#include "accounts.h"
#include "query.h"

static enum err
member_remove_store(struct ctx *ctx, const struct admin *admin, int64_t id)
{
	int64_t account = ctx->session->row.account;
	struct store_member member;
	enum err err = store_member_lock(ctx->db, ctx->arena, account, id,
	    &member);

	if (err == ERR_OK)
		err = admin_can_lose(admin, id);
	return err != ERR_OK ? err :
	    store_member_remove(ctx->db, account, id);
}

enum err
member_remove_delete(struct ctx *ctx)
{
	struct admin admin;
	int64_t id;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = input_member(ctx, &id)) != ERR_OK ||
	    (err = admin_begin(ctx, &admin)) != ERR_OK)
		return err;
	err = member_remove_store(ctx, &admin, id);
	if ((err = admin_end(&admin, "member_removed", id, err)) != ERR_OK)
		return err;
	/* It went with its member. */
	if (id == ctx->session->row.member)
		session_end_cookie(ctx->response);
	return view_done(ctx);
}
