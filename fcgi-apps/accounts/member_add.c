/* SPDX-License-Identifier: ISC */
/*
 * member_add [layer 8]: POST /members: a new member with a first password,
 * which is in this one answer.
 */
#include <stdio.h>
#include <string.h>

#include "accounts.h"
#include "password.h"

#define MEMBER_ADD_EMAIL_MIN 3
#define MEMBER_ADD_EMAIL_MAX 254

struct member_add {
	struct form_text email;
	struct form_bool may_administer;
};

static const struct form_field member_add_fields[] = {
	{ FORM_MEMBER(struct member_add, email), .kind = FORM_TEXT,
	    .required = true, .low = MEMBER_ADD_EMAIL_MIN,
	    .high = MEMBER_ADD_EMAIL_MAX },
	{ FORM_MEMBER(struct member_add, may_administer),
	    .kind = FORM_BOOL },
};

static const struct form member_add_form = {
	member_add_fields, ARRAY_LEN(member_add_fields), false,
};

static enum err
member_add_store(struct ctx *ctx, const struct member_add *in,
    const char *hash, struct store_member *out)
{
	struct admin admin;
	enum err err = admin_begin(ctx, &admin);

	if (err != ERR_OK)
		return err;
	err = store_member_create(ctx->db, ctx->arena,
	    ctx->session->row.account, in->email.value, hash,
	    in->may_administer.value, out);
	return admin_end(&admin, "member_created", err == ERR_OK ? out->id : 0,
	    err);
}

static enum err
member_add_answer(struct ctx *ctx, const struct store_member *member,
    const char *password)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct buf where = buf_in(ctx->arena);
	enum err err;

	view_member(j, member);
	json_set_text(j, "password", password);
	buf_printf(&where, "%.*s/%lld", (int)ctx->request->path.len,
	    ctx->request->path.ptr, (long long)member->id);
	if (where.failed)
		return ERR_MEMORY;
	if ((err = response_json(ctx->response, 201, j)) == ERR_OK)
		response_header(ctx->response, "Location", buf_str(&where));
	return err;
}

enum err
member_add_post(struct ctx *ctx)
{
	char password[PASSWORD_MADE_SIZE] = "", hash[PASSWORD_HASH_SIZE];
	struct form_faults *faults;
	struct store_member member;
	struct member_add in;
	struct manage asked;
	enum err err;

	if ((err = input_form(ctx, &member_add_form, &in, &faults)) != ERR_OK)
		return err;
	/* Nothing is hashed for who may not. */
	if (!ctx->session->row.may_administer)
		return ERR_ADMIN_REQUIRED;
	if ((err = manage_open(ctx, MANAGE_PROVED, &asked)) != ERR_OK ||
	    (err = password_make(password)) != ERR_OK ||
	    (err = password_hash(str_of(password), hash)) != ERR_OK)
		return err;
	err = member_add_store(ctx, &in, hash, &member);
	if (err == ERR_INVALID)
		form_fault(faults, "#/email", "An address of email.");
	if (err == ERR_OK)
		err = member_add_answer(ctx, &member, password);
	explicit_bzero(password, sizeof(password));
	explicit_bzero(hash, sizeof(hash));
	return err;
}
