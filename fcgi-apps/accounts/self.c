/* SPDX-License-Identifier: ISC */
/*
 * self [layer 8]: changes of a member's own authenticator, with a proof.
 */
#include "accounts.h"

enum err
self_begin(struct ctx *ctx, struct manage *m, struct store_member *out)
{
	enum err err = manage_open(ctx, MANAGE_PROVED, m);

	if (err != ERR_OK)
		return err;
	m->change.prove_later = true;
	if ((err = manage_begin(ctx, m)) != ERR_OK)
		return err;
	err = store_member_lock(ctx->db, ctx->arena, m->change.account,
	    ctx->session->row.member, out);
	/* Removed since the session was looked up. */
	if (err == ERR_NOT_FOUND)
		err = ERR_SESSION_ENDED;
	if (err == ERR_OK)
		err = store_change_prove(&m->change);
	return err == ERR_OK ? ERR_OK : store_change_end(&m->change, err);
}
