/* SPDX-License-Identifier: ISC */
/*
 * totp_confirm [layer 8]: POST /session/totp/confirmation: the first code of
 * the authenticator that was offered puts it in force, in place of the one
 * before. Guesses are slowed: the answer shows recovery codes.
 */
#include "accounts.h"
#include "attempt.h"
#include "factor.h"
#include "store_audit.h"
#include "store_factor.h"

#define TOTP_CONFIRM_CODE 64

struct totp_confirm {
	struct form_text totp;
};

static const struct form_field totp_confirm_fields[] = {
	{ FORM_MEMBER(struct totp_confirm, totp), .kind = FORM_TEXT,
	    .required = true, .low = 1, .high = TOTP_CONFIRM_CODE },
};

static const struct form totp_confirm_form = {
	totp_confirm_fields, ARRAY_LEN(totp_confirm_fields), false,
};

/* What was offered to the member who is signed in. */
static enum err
totp_confirm_find(struct ctx *ctx, struct store_member_sign_in *out)
{
	enum err err = store_member_sign_in(ctx->db, ctx->arena,
	    str_of(ctx->session->row.email), out);

	if (err != ERR_OK)
		return err;
	if (out->member != ctx->session->row.member)
		return ERR_SESSION_ENDED;
	return out->totp_pending.len > 0 ? ERR_OK : ERR_TOTP_NOT_OFFERED;
}

/* Puts in force what CODE is of. */
static enum err
totp_confirm_store(struct ctx *ctx, int64_t account, struct str code)
{
	struct store_member_sign_in found;
	struct store_member member;
	int64_t step = 0;
	enum err err;

	err = store_member_lock(ctx->db, ctx->arena, account,
	    ctx->session->row.member, &member);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_SESSION_ENDED : err;
	if ((err = totp_confirm_find(ctx, &found)) != ERR_OK ||
	    (err = factor_check(ctx->config, member.id, found.totp_pending,
	    code, ctx->now, TOTP_NO_STEP, &step)) != ERR_OK)
		return err;
	return store_factor_confirm(ctx->db, account, member.id,
	    found.totp_pending, step);
}

static enum err
totp_confirm_change(struct ctx *ctx, struct str code,
    const struct attempt *attempt, struct json *j)
{
	int64_t member = ctx->session->row.member;
	struct manage m;
	enum err err;

	if ((err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = manage_begin(ctx, &m)) != ERR_OK)
		return err;
	err = totp_confirm_store(ctx, m.change.account, code);
	if (err == ERR_OK)
		err = attempt_end(ctx, attempt);
	/* It logs something, so nothing but the log comes after it. */
	if (err == ERR_OK)
		err = recovery_codes_make(ctx, &m.change, member, j);
	if (err == ERR_OK)
		err = store_audit_member(&m.change, "totp_confirmed", member);
	err = store_change_end(&m.change, err);
	return err == ERR_OK ? ERR_OK : attempt_fail(ctx, attempt,
	    "reauthentication_failed", m.change.account, member, err);
}

enum err
totp_confirm_post(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct store_member_sign_in found;
	struct attempt attempt;
	struct totp_confirm in;
	enum err err;

	if ((err = input_form(ctx, &totp_confirm_form, &in, NULL)) != ERR_OK ||
	    (err = totp_confirm_find(ctx, &found)) != ERR_OK ||
	    (err = attempt_begin(ctx, str_of(ctx->session->row.email),
	    &attempt)) != ERR_OK ||
	    (err = totp_confirm_change(ctx, in.totp.value, &attempt,
	    j)) != ERR_OK)
		return err;
	return response_json(ctx->response, 200, j);
}
