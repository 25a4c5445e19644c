/* SPDX-License-Identifier: ISC */
/*
 * attempt [layer 6]: slowed guessing of passwords and one-time codes, by
 * address of email and by network address, and of the secrets of apps, by GUID
 * and by network address; see store_attempt.
 *
 *	err = attempt_begin(ctx, email, &attempt);
 *	... look at the password; right: attempt_end, wrong: attempt_fail
 */
#ifndef HASP_ATTEMPT_H
#define HASP_ATTEMPT_H

#include "cidr.h"
#include "route.h"

/* Bits of an IPv6 address that tell places apart: a site has the others. */
#define ATTEMPT_IPV6_BITS 64

struct attempt {
	struct str email;	/* must live as long */
	char place[CIDR_TEXT_SIZE];
};

/*
 * The place that an ADDRESS belongs to: an IPv4 address, the /64 of an IPv6
 * one, "" for what is none.
 */
void attempt_place(struct str address, char out[CIDR_TEXT_SIZE]);

/*
 * Counts that somebody named the app GUID with a secret that is not one of its
 * own: those are so long that one that is right is no guess, and nobody can
 * keep an app out by wrong ones. ERR_TOO_MANY_ATTEMPTS as below: nothing more
 * is to be done for it.
 */
enum err attempt_wrong(struct ctx *ctx, struct str guid) MUST_CHECK;

/*
 * Counts an attempt for EMAIL from the client's address.
 * ERR_TOO_MANY_ATTEMPTS: it must not be looked at, and the problem says how
 * long to wait.
 */
enum err attempt_begin(struct ctx *ctx, struct str email,
    struct attempt *out) MUST_CHECK;

/* It was right: it does not count. Also inside a transaction. */
enum err attempt_end(struct ctx *ctx, const struct attempt *attempt)
    MUST_CHECK;

/*
 * It came to ERR, which is no ERR_OK, and comes back, or what went wrong here.
 * A wrong or used password or code: logs EVENT of MEMBER of ACCOUNT (0 and 0
 * for somebody unknown), by who is signed in or nobody. Nothing was looked at
 * (ERR_OVERLOADED and the like): it does not count. Not inside a transaction.
 */
enum err attempt_fail(struct ctx *ctx, const struct attempt *attempt,
    const char *event, int64_t account, int64_t member, enum err err)
    MUST_CHECK;

#endif
