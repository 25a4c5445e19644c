/* SPDX-License-Identifier: ISC */
/*
 * admin [layer 8]: changes that take a member who administers the account.
 */
#include "accounts.h"
#include "store_audit.h"

static bool
admin_is_one(const struct admin *a, int64_t member)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->ids[i] == member)
			return true;
	return false;
}

enum err
admin_begin(struct ctx *ctx, struct admin *out)
{
	int64_t me = ctx->session->row.member;
	enum err err;

	/* Also told without a proof, and what counts is asked below. */
	if (!ctx->session->row.may_administer)
		return ERR_ADMIN_REQUIRED;
	if ((err = manage_open(ctx, MANAGE_PROVED, &out->manage)) != ERR_OK)
		return err;
	out->manage.change.prove_later = true;
	if ((err = manage_begin(ctx, &out->manage)) != ERR_OK)
		return err;
	err = store_member_lock_admins(ctx->db, ctx->arena,
	    ctx->session->row.account, &out->ids, &out->count);
	if (err == ERR_OK && !admin_is_one(out, me))
		err = ERR_ADMIN_REQUIRED;
	if (err == ERR_OK)
		err = store_change_prove(&out->manage.change);
	return err == ERR_OK ? ERR_OK :
	    store_change_end(&out->manage.change, err);
}

enum err
admin_can_lose(const struct admin *a, int64_t member)
{
	if (admin_is_one(a, member) && a->count == 1)
		return ERR_LAST_ADMIN;
	return ERR_OK;
}

enum err
admin_end(struct admin *a, const char *event, int64_t member, enum err err)
{
	if (err == ERR_OK)
		err = store_audit_member(&a->manage.change, event, member);
	return store_change_end(&a->manage.change, err);
}
