/* SPDX-License-Identifier: ISC */
/*
 * account_change [layer 8]: PATCH /account: whether admin keys may manage
 * keys, or people alone.
 */
#include "accounts.h"
#include "store_account.h"
#include "store_audit.h"

struct account_change {
	struct form_bool machine_key_management;
};

static const struct form_field account_change_fields[] = {
	{ FORM_MEMBER(struct account_change, machine_key_management),
	    .kind = FORM_BOOL, .required = true },
};

static const struct form account_change_form = {
	account_change_fields, ARRAY_LEN(account_change_fields), false,
};

enum err
account_change_patch(struct ctx *ctx)
{
	int64_t account = ctx->session->row.account;
	struct account_change in;
	struct admin admin;
	enum err err;

	if ((err = input_form(ctx, &account_change_form, &in,
	    NULL)) != ERR_OK ||
	    (err = admin_begin(ctx, &admin)) != ERR_OK)
		return err;
	err = store_account_set_machine_keys(ctx->db, account,
	    in.machine_key_management.value);
	if (err == ERR_OK)
		err = store_audit_account(&admin.manage.change,
		    "account_changed", account, STR(""));
	err = store_change_end(&admin.manage.change, err);
	return err != ERR_OK ? err : view_account(ctx, account);
}
