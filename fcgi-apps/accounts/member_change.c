/* SPDX-License-Identifier: ISC */
/*
 * member_change [layer 8]: PATCH /members/{id}: whether the member may
 * administer the account.
 */
#include "accounts.h"

struct member_change {
	struct form_bool may_administer;
};

static const struct form_field member_change_fields[] = {
	{ FORM_MEMBER(struct member_change, may_administer),
	    .kind = FORM_BOOL, .required = true },
};

static const struct form member_change_form = {
	member_change_fields, ARRAY_LEN(member_change_fields), false,
};

static enum err
member_change_store(struct ctx *ctx, const struct admin *admin, int64_t id,
    bool may_administer, struct store_member *out)
{
	int64_t account = ctx->session->row.account;
	enum err err = store_member_lock(ctx->db, ctx->arena, account, id,
	    out);

	if (err == ERR_OK && !may_administer)
		err = admin_can_lose(admin, id);
	if (err != ERR_OK)
		return err;
	out->may_administer = may_administer;
	return store_member_set_admin(ctx->db, account, id, may_administer);
}

enum err
member_change_patch(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct member_change in;
	struct store_member member;
	struct admin admin;
	int64_t id;
	enum err err;

	if ((err = input_form(ctx, &member_change_form, &in, NULL)) != ERR_OK ||
	    (err = input_member(ctx, &id)) != ERR_OK ||
	    (err = admin_begin(ctx, &admin)) != ERR_OK)
		return err;
	err = member_change_store(ctx, &admin, id, in.may_administer.value,
	    &member);
	if ((err = admin_end(&admin, "member_changed", id, err)) != ERR_OK)
		return err;
	view_member(j, &member);
	return response_json(ctx->response, 200, j);
}
