/* SPDX-License-Identifier: ISC */
/*
 * reauth [layer 6]: who is signed in shows again that it is them, by the
 * password or by a one-time code.
 */
#ifndef HASP_REAUTH_H
#define HASP_REAUTH_H

#include "attempt.h"
#include "route.h"
#include "session.h"
#include "store_change.h"
#include "store_member.h"

#define REAUTH_SECONDS 120	/* that a proof counts */

/* Somebody who has shown it; nothing of it is used up or stored yet. */
struct reauth {
	struct attempt attempt;
	struct store_member_sign_in found;
	int64_t step;		/* of the one-time code; 0: by the password */
};

/*
 * Holds PASSWORD, or CODE if PASSWORD is empty, against the member of
 * ctx->session. Slowed and logged as signing in is. ERR_TOO_MANY_ATTEMPTS,
 * ERR_SIGN_IN_FAILED, ERR_OVERLOADED; for a code ERR_TOTP_REPLAYED,
 * ERR_TOTP_UNAVAILABLE, ERR_TOTP_NOT_OFFERED (codes are not in force); else
 * those of db_run.
 */
enum err reauth_check(struct ctx *ctx, struct str password, struct str code,
    struct reauth *out) MUST_CHECK;

/*
 * In a transaction of the member's: that is still true, the one-time code is
 * used up, and the attempt was right. ERR_SIGN_IN_FAILED, ERR_TOTP_REPLAYED.
 */
enum err reauth_take(struct ctx *ctx, const struct reauth *reauth) MUST_CHECK;

/* Makes a proof, which counts once in ctx->session. Errors as reauth_take. */
enum err reauth_prove(struct ctx *ctx, const struct reauth *reauth,
    struct session_token *proof) MUST_CHECK;

#endif
