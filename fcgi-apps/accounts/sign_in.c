/* SPDX-License-Identifier: ISC */
/*
 * sign_in [layer 8]: POST /session: email, password and perhaps a code become
 * a session and its cookie.
 */
#include "accounts.h"
#include "origin.h"
#include "signin.h"

#define SIGN_IN_EMAIL 254
#define SIGN_IN_CODE 64
#define SIGN_IN_HOUR 3600

struct sign_in {
	struct form_text email, password, totp, recovery_code;
};

static const struct form_field sign_in_fields[] = {
	{ FORM_MEMBER(struct sign_in, email), .kind = FORM_TEXT,
	    .required = true, .low = 1, .high = SIGN_IN_EMAIL },
	{ FORM_MEMBER(struct sign_in, password), .kind = FORM_SECRET,
	    .required = true },
	{ FORM_MEMBER(struct sign_in, totp), .kind = FORM_TEXT,
	    .low = 1, .high = SIGN_IN_CODE },
	{ FORM_MEMBER(struct sign_in, recovery_code), .kind = FORM_TEXT,
	    .low = 1, .high = SIGN_IN_CODE },
};

static const struct form sign_in_form = {
	sign_in_fields, ARRAY_LEN(sign_in_fields), false,
};

static enum err
sign_in_read(struct ctx *ctx, struct signin_given *out)
{
	struct form_faults *faults;
	struct sign_in in;
	enum err err = input_form(ctx, &sign_in_form, &in, &faults);

	if (err != ERR_OK)
		return err;
	if (in.totp.given && in.recovery_code.given)
		form_fault(faults, "#/recovery_code",
		    "Either this or totp, not both.");
	*out = (struct signin_given){
		in.email.value, in.password.value, in.totp.value,
		in.recovery_code.value,
	};
	return form_verdict(faults);
}

/* The answer to who has just signed in with TOKEN. */
static enum err
sign_in_answer(struct ctx *ctx, const struct session_token *token)
{
	struct session session CLEANUP(session_wipe);
	enum err err = session_begin(&session, token, ctx->arena, ctx->db);

	if (err == ERR_OK)
		err = view_session(ctx, &session);
	if (err == ERR_OK)
		session_set_cookie(ctx->response, token,
		    ctx->config->accounts_session_hours * SIGN_IN_HOUR);
	return err;
}

enum err
sign_in_post(struct ctx *ctx)
{
	struct session_token token CLEANUP_SESSION_TOKEN = { .text = "" };
	struct signin_given given;
	enum err err;

	/* A browser that is refused must not ask in a window of its own. */
	ctx->problem.browser = true;
	/* Without a session nobody has looked yet. */
	if (origin_is_foreign(ctx->request))
		return ERR_CROSS_SITE;
	if ((err = sign_in_read(ctx, &given)) != ERR_OK ||
	    (err = signin_make(ctx, &given, &token)) != ERR_OK)
		return err;
	return sign_in_answer(ctx, &token);
}
