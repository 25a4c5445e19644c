/* SPDX-License-Identifier: ISC */
#include "reauth.h"

#include "factor.h"
#include "manage.h"
#include "password.h"
#include "signin.h"
#include "store_audit.h"
#include "store_factor.h"

static struct str
reauth_email(const struct ctx *ctx)
{
	return str_of(ctx->session->row.email);
}

/* What ERR, perhaps ERR_OK, means for the attempt. */
static enum err
reauth_judge(struct ctx *ctx, const struct reauth *r, enum err err)
{
	return err == ERR_OK ? ERR_OK : attempt_fail(ctx, &r->attempt,
	    "reauthentication_failed", r->found.account, r->found.member,
	    err);
}

static enum err
reauth_compare(struct ctx *ctx, struct str password, struct str code,
    struct reauth *r)
{
	if (password.len > 0)
		return password_verify(password,
		    str_of(r->found.password_hash));
	return factor_check(ctx->config, r->found.member,
	    r->found.totp_sealed, code, ctx->now, r->found.totp_step,
	    &r->step);
}

enum err
reauth_check(struct ctx *ctx, struct str password, struct str code,
    struct reauth *out)
{
	struct str email = reauth_email(ctx);
	enum err err;

	*out = (struct reauth){ .step = 0 };
	err = store_member_sign_in(ctx->db, ctx->arena, email, &out->found);
	if (err != ERR_OK)
		return err;
	/* Removed or disabled since the session was looked up. */
	if (out->found.member != ctx->session->row.member)
		return ERR_SESSION_ENDED;
	if (password.len == 0 && out->found.totp_sealed.len == 0)
		return ERR_TOTP_NOT_OFFERED;
	if ((err = attempt_begin(ctx, email, &out->attempt)) != ERR_OK)
		return err;
	return reauth_judge(ctx, out,
	    reauth_compare(ctx, password, code, out));
}

enum err
reauth_take(struct ctx *ctx, const struct reauth *r)
{
	enum err err = signin_hold(ctx, reauth_email(ctx), &r->found);

	if (err == ERR_OK && r->step > 0)
		err = store_factor_take_step(ctx->db, r->found.account,
		    r->found.member, r->step);
	return err != ERR_OK ? err : attempt_end(ctx, &r->attempt);
}

/* The part inside the transaction. */
static enum err
reauth_change(struct ctx *ctx, const struct reauth *r,
    const struct store_change *change, const struct session_token *proof)
{
	enum err err = reauth_take(ctx, r);

	if (err == ERR_OK)
		err = store_session_add_proof(ctx->db, change->account,
		    &ctx->session->digest, &proof->digest, REAUTH_SECONDS);
	/* The session ended meanwhile. */
	if (err == ERR_CONFLICT)
		return ERR_SESSION_ENDED;
	return err != ERR_OK ? err : store_audit_member(change,
	    "reauthenticated", r->found.member);
}

enum err
reauth_prove(struct ctx *ctx, const struct reauth *r,
    struct session_token *proof)
{
	struct manage m;
	enum err err;

	if ((err = session_token_make(proof)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = manage_begin(ctx, &m)) != ERR_OK)
		return err;
	return reauth_judge(ctx, r, store_change_end(&m.change,
	    reauth_change(ctx, r, &m.change, proof)));
}
