/* SPDX-License-Identifier: ISC */
#include "signin.h"

#include <string.h>

#include "attempt.h"
#include "factor.h"
#include "manage.h"
#include "password.h"
#include "secret.h"
#include "store_audit.h"
#include "store_factor.h"

#define SIGNIN_MINUTE 60
#define SIGNIN_HOUR 3600

/* One signing in. */
struct signin {
	struct ctx *ctx;
	const struct signin_given *given;
	struct attempt attempt;
	struct store_member_sign_in found;
	int64_t step;			/* of the one-time code */
	struct store_change change;
	const struct session_token *token;
};

enum err
signin_password(struct ctx *ctx, struct str email, struct str password,
    struct store_member_sign_in *found)
{
	enum err err = store_member_sign_in(ctx->db, ctx->arena, email, found);

	return err != ERR_OK ? err :
	    password_verify(password, str_of(found->password_hash));
}

static bool
signin_same(struct str a, struct str b)
{
	return a.len == b.len && secret_equal(a.ptr, b.ptr, a.len);
}

enum err
signin_hold(struct ctx *ctx, struct str email,
    const struct store_member_sign_in *found)
{
	struct store_member_sign_in now;
	struct store_member member;
	enum err err = store_member_lock(ctx->db, ctx->arena, found->account,
	    found->member, &member);

	if (err == ERR_NOT_FOUND)
		return ERR_SIGN_IN_FAILED;
	if (err == ERR_OK)
		err = store_member_sign_in(ctx->db, ctx->arena, email, &now);
	if (err != ERR_OK)
		return err;
	if (now.member != found->member ||
	    !signin_same(str_of(now.password_hash),
	    str_of(found->password_hash)) ||
	    !signin_same(now.totp_sealed, found->totp_sealed))
		return ERR_SIGN_IN_FAILED;
	return ERR_OK;
}

static bool
signin_wants_code(const struct signin *s)
{
	return s->found.totp_sealed.len > 0;
}

/* What can be said of the code before anything is changed. */
static enum err
signin_check_code(struct signin *s)
{
	const struct signin_given *given = s->given;

	/* A recovery code is right if there is a row to be used up. */
	if (!signin_wants_code(s) || given->recovery_code.len > 0)
		return ERR_OK;
	if (given->totp.len == 0)
		return ERR_TOTP_REQUIRED;
	return factor_check(s->ctx->config, s->found.member,
	    s->found.totp_sealed, given->totp, s->ctx->now,
	    s->found.totp_step, &s->step);
}

static bool
signin_recovers(const struct signin *s)
{
	return signin_wants_code(s) && s->given->recovery_code.len > 0;
}

/* Uses the code up: of many who come with it one is first. */
static enum err
signin_use_code(struct signin *s)
{
	const struct store_member_sign_in *found = &s->found;
	struct digest code;
	enum err err;

	if (!signin_wants_code(s))
		return ERR_OK;
	if (!signin_recovers(s))
		return store_factor_take_step(s->ctx->db, found->account,
		    found->member, s->step);
	err = factor_code_digest(found->member, s->given->recovery_code,
	    &code);
	return err != ERR_OK ? err : store_factor_use_code(s->ctx->db,
	    found->account, found->member, &code);
}

/* What is logged of it, when nothing else is left to be changed. */
static enum err
signin_log(struct signin *s)
{
	enum err err = ERR_OK;

	if (signin_recovers(s))
		err = store_audit_member(&s->change, "recovery_code_used",
		    s->found.member);
	return err != ERR_OK ? err : store_audit_member(&s->change,
	    "signed_in", s->found.member);
}

/* Whether the member's account may be used, and here. */
static enum err
signin_admit(struct signin *s)
{
	struct str here = request_param(s->ctx->request, "HASP_REGION");
	enum err err = decision_account_live(s->found.account_status);

	if (err != ERR_OK)
		return err;
	if (here.len == 0 || str_eq(here, str_of(s->found.region)))
		return ERR_OK;
	s->ctx->problem.api_host = str_of(s->found.api_host);
	return ERR_WRONG_REGION;
}

static enum err
signin_change(struct signin *s)
{
	const struct config *config = s->ctx->config;
	const struct store_session_new new = {
		.account = s->found.account,
		.member = s->found.member,
		.digest = &s->token->digest,
		.idle_seconds = config->accounts_idle_minutes * SIGNIN_MINUTE,
		.seconds = config->accounts_session_hours * SIGNIN_HOUR,
		.address = store_change_address(&s->change),
	};
	enum err err;

	if ((err = signin_hold(s->ctx, s->given->email,
	    &s->found)) != ERR_OK ||
	    (err = signin_use_code(s)) != ERR_OK ||
	    (err = signin_admit(s)) != ERR_OK ||
	    (err = store_session_make(s->ctx->db, &new)) != ERR_OK ||
	    (err = attempt_end(s->ctx, &s->attempt)) != ERR_OK)
		return err;
	return signin_log(s);
}

/* All that changes, in one transaction. */
static enum err
signin_finish(struct signin *s)
{
	enum err err;

	manage_as(s->ctx, s->found.account, s->found.member, &s->change);
	err = store_change_begin(&s->change);
	return err != ERR_OK ? err :
	    store_change_end(&s->change, signin_change(s));
}

/*
 * Ends the session that the browser had, whosever it was: nobody goes on with
 * a token that was there before (OWASP: session fixation).
 */
static enum err
signin_end_old(struct ctx *ctx)
{
	struct store_change change;
	struct store_session old;
	struct digest digest;
	enum err err;

	if (!session_sent_digest(ctx->request, &digest))
		return ERR_OK;
	err = store_session_look_up(ctx->db, ctx->arena, &digest, &old);
	if (err != ERR_OK)
		return err == ERR_SESSION_ENDED ? ERR_OK : err;
	manage_as(ctx, old.account, old.member, &change);
	if ((err = store_change_begin(&change)) != ERR_OK)
		return err;
	err = store_session_end(ctx->db, old.account, &digest);
	if (err == ERR_OK)
		err = store_audit_member(&change, "signed_out", old.member);
	err = store_change_end(&change, err);
	/* Another request was first. */
	return err == ERR_SESSION_ENDED ? ERR_OK : err;
}

/* What follows from having failed with ERR. */
static enum err
signin_fail(struct signin *s, enum err err)
{
	enum err also;

	if (err != ERR_ACCOUNT_SUSPENDED && err != ERR_ACCOUNT_CLOSED &&
	    err != ERR_WRONG_REGION)
		return attempt_fail(s->ctx, &s->attempt, "sign_in_failed",
		    s->found.account, s->found.member, err);
	/* It was no guess. */
	also = attempt_end(s->ctx, &s->attempt);
	return also != ERR_OK ? also : err;
}

enum err
signin_make(struct ctx *ctx, const struct signin_given *given,
    struct session_token *token)
{
	struct signin s = { .ctx = ctx, .given = given, .token = token };
	enum err err;

	if ((err = session_token_make(token)) != ERR_OK ||
	    (err = attempt_begin(ctx, given->email, &s.attempt)) != ERR_OK)
		return err;
	if ((err = signin_password(ctx, given->email, given->password,
	    &s.found)) != ERR_OK ||
	    (err = signin_check_code(&s)) != ERR_OK ||
	    (err = signin_finish(&s)) != ERR_OK)
		return signin_fail(&s, err);
	return signin_end_old(ctx);
}
