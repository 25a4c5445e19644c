/* SPDX-License-Identifier: ISC */
/*
 * totp_remove [layer 8]: DELETE /session/totp: no authenticator any more,
 * neither in force nor offered, and no recovery codes.
 */
#include "accounts.h"
#include "query.h"
#include "store_audit.h"
#include "store_factor.h"

static enum err
totp_remove_store(struct ctx *ctx, const struct store_change *change,
    const struct store_member *member)
{
	struct store_member_sign_in found;
	enum err err = store_member_sign_in(ctx->db, ctx->arena,
	    str_of(member->email), &found);

	if (err != ERR_OK)
		return err;
	if (found.totp_sealed.len == 0 && found.totp_pending.len == 0)
		return ERR_TOTP_NOT_OFFERED;
	err = store_factor_remove(ctx->db, change->account, member->id);
	return err != ERR_OK ? err : store_audit_member(change,
	    "totp_removed", member->id);
}

enum err
totp_remove_delete(struct ctx *ctx)
{
	struct store_member member;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = self_begin(ctx, &m, &member)) != ERR_OK ||
	    (err = store_change_end(&m.change,
	    totp_remove_store(ctx, &m.change, &member))) != ERR_OK)
		return err;
	return view_done(ctx);
}
