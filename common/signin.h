/* SPDX-License-Identifier: ISC */
/*
 * signin [layer 6]: from an address of email, a password and perhaps a code to
 * a session. Whoever is not known is treated as a member with a wrong
 * password: by the same statements, after the same time.
 */
#ifndef HASP_SIGNIN_H
#define HASP_SIGNIN_H

#include "route.h"
#include "session.h"
#include "store_member.h"

/* What was sent; an empty text for what was not. */
struct signin_given {
	struct str email;
	struct str password;
	struct str totp;		/* one of these two, */
	struct str recovery_code;	/* or none */
};

/*
 * Whether PASSWORD is that of the member with EMAIL. FOUND is filled either
 * way: account 0 for somebody unknown. ERR_SIGN_IN_FAILED; ERR_OVERLOADED;
 * else those of store_member_sign_in. The attempt has been counted.
 */
enum err signin_password(struct ctx *ctx, struct str email,
    struct str password, struct store_member_sign_in *found) MUST_CHECK;

/*
 * In a transaction: locks the member FOUND. ERR_SIGN_IN_FAILED if its password
 * or authenticator is not what it was when FOUND was read, or it is gone.
 */
enum err signin_hold(struct ctx *ctx, struct str email,
    const struct store_member_sign_in *found) MUST_CHECK;

/*
 * Signs in, and ends the session that the request came with. TOKEN is the new
 * one's, and the caller's to wipe. A member without authenticator needs no
 * code, and none is looked at. ERR_TOO_MANY_ATTEMPTS; ERR_SIGN_IN_FAILED.
 * Only if the password is right: ERR_TOTP_REQUIRED, ERR_TOTP_REPLAYED,
 * ERR_TOTP_UNAVAILABLE; only if the code is, too: ERR_ACCOUNT_SUSPENDED,
 * ERR_ACCOUNT_CLOSED, ERR_WRONG_REGION with the problem's api_host. Else those
 * of db_run.
 */
enum err signin_make(struct ctx *ctx, const struct signin_given *given,
    struct session_token *token) MUST_CHECK;

#endif
