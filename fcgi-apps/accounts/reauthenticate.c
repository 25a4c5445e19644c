/* SPDX-License-Identifier: ISC */
/*
 * reauthenticate [layer 8]: POST /session/reauthentication: the password or a
 * one-time code becomes a proof for one change.
 */
#include "accounts.h"
#include "reauth.h"

#define REAUTHENTICATE_CODE 64
#define REAUTHENTICATE_US 1000000

struct reauthenticate {
	struct form_text password, totp;
};

static const struct form_field reauthenticate_fields[] = {
	{ FORM_MEMBER(struct reauthenticate, password), .kind = FORM_SECRET },
	{ FORM_MEMBER(struct reauthenticate, totp), .kind = FORM_TEXT,
	    .low = 1, .high = REAUTHENTICATE_CODE },
};

static const struct form reauthenticate_form = {
	reauthenticate_fields, ARRAY_LEN(reauthenticate_fields), false,
};

static enum err
reauthenticate_read(struct ctx *ctx, struct reauthenticate *out)
{
	struct form_faults *faults;
	enum err err = input_form(ctx, &reauthenticate_form, out, &faults);

	if (err == ERR_OK && out->password.given == out->totp.given)
		form_fault(faults, "#", "Either password or totp.");
	return err != ERR_OK ? err : form_verdict(faults);
}

enum err
reauthenticate_post(struct ctx *ctx)
{
	struct session_token proof CLEANUP_SESSION_TOKEN = { .text = "" };
	struct json *j CLEANUP_JSON = json_object_open();
	struct reauthenticate in;
	struct reauth reauth;
	enum err err;

	if ((err = reauthenticate_read(ctx, &in)) != ERR_OK ||
	    (err = reauth_check(ctx, in.password.value, in.totp.value,
	    &reauth)) != ERR_OK ||
	    (err = reauth_prove(ctx, &reauth, &proof)) != ERR_OK)
		return err;
	json_set_text(j, "proof", proof.text);
	/* By the time of the request's begin: it does not end before. */
	json_set_time(j, "expires_at", ctx->now +
	    (int64_t)REAUTH_SECONDS * REAUTHENTICATE_US);
	return response_json(ctx->response, 200, j);
}
