/* SPDX-License-Identifier: ISC */
/*
 * password_change [layer 8]: POST /session/password: another password, which
 * ends the member's other sessions.
 */
#include <string.h>

#include "accounts.h"
#include "password.h"
#include "reauth.h"
#include "store_audit.h"

struct password_change {
	struct form_text password, new_password;
};

static const struct form_field password_change_fields[] = {
	{ FORM_MEMBER(struct password_change, password), .kind = FORM_SECRET,
	    .required = true },
	{ FORM_MEMBER(struct password_change, new_password),
	    .kind = FORM_SECRET, .required = true },
};

static const struct form password_change_form = {
	password_change_fields, ARRAY_LEN(password_change_fields), false,
};

static enum err
password_change_read(struct ctx *ctx, struct password_change *out)
{
	struct form_faults *faults;
	enum err err = input_form(ctx, &password_change_form, out, &faults);

	if (err != ERR_OK)
		return err;
	err = password_check_new(out->new_password.value,
	    str_of(ctx->session->row.email));
	if (err != ERR_INVALID)
		return err;
	form_fault(faults, "#/new_password", "12 to 256 bytes, not the "
	    "address of email, not one character again and again.");
	return form_verdict(faults);
}

/* The part inside the transaction. */
static enum err
password_change_store(struct ctx *ctx, const struct reauth *reauth,
    const struct store_change *change, const char *hash)
{
	int64_t account = change->account;
	int64_t member = ctx->session->row.member;
	enum err err;

	if ((err = reauth_take(ctx, reauth)) != ERR_OK ||
	    (err = store_member_set_password(ctx->db, account, member,
	    hash)) != ERR_OK ||
	    (err = store_session_end_others(ctx->db, account, member,
	    &ctx->session->digest)) != ERR_OK)
		return err;
	return store_audit_member(change, "password_changed", member);
}

enum err
password_change_post(struct ctx *ctx)
{
	char hash[PASSWORD_HASH_SIZE];
	struct password_change in;
	struct reauth reauth;
	struct manage m;
	enum err err;

	if ((err = password_change_read(ctx, &in)) != ERR_OK ||
	    (err = reauth_check(ctx, in.password.value, STR(""),
	    &reauth)) != ERR_OK ||
	    (err = password_hash(in.new_password.value, hash)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = manage_begin(ctx, &m)) != ERR_OK)
		return err;
	err = store_change_end(&m.change,
	    password_change_store(ctx, &reauth, &m.change, hash));
	explicit_bzero(hash, sizeof(hash));
	return err != ERR_OK ? err : view_done(ctx);
}
