/* SPDX-License-Identifier: ISC */
/*
 * manage [layer 6]: what every handler that changes something does around its
 * change: says who changes it, asks for a proof, knows a repeated request,
 * compares what the caller believes to change with what is there, and waits
 * until it is true everywhere.
 */
#ifndef HASP_MANAGE_H
#define HASP_MANAGE_H

#include "route.h"
#include "store_change.h"

enum manage_need {
	MANAGE_FREELY,
	MANAGE_PROVED,	/* people prove again who they are; keys need not */
};

struct manage {
	struct store_change change;
	struct digest proof;
	struct store_change_once once;
	/* How long the caller waits for the change, of clock_boot_us. */
	int64_t deadline;
	int64_t preferred;	/* seconds that Prefer says; -1: nothing */
};

/*
 * Makes OUT a change by the caller of CTX, who is known (a key or a session).
 * With MANAGE_PROVED a person's X-Hasp-Proof belongs to it:
 * ERR_PROOF_REQUIRED, or ERR_PROOF_INVALID for what cannot be one.
 */
enum err manage_open(const struct ctx *ctx, enum manage_need need,
    struct manage *out) MUST_CHECK;

/*
 * Makes OUT a change of ACCOUNT by MEMBER, who has just shown who that is; 0
 * for nobody, who only leaves traces in the log.
 */
void manage_as(const struct ctx *ctx, int64_t account, int64_t member,
    struct store_change *out);

/*
 * Uses such a proof up in the middle of the change, for one that turns out
 * only there to need it; keys need none. As above.
 */
enum err manage_prove(const struct ctx *ctx, struct manage *manage) MUST_CHECK;

/*
 * Reads Idempotency-Key, if there is one: the change, which shows a secret of
 * the key KEY_ID, is then made once. WHAT names the action ("create", or
 * "rotate" and the key), BODY is of the request's. ERR_IDEMPOTENCY_KEY_INVALID.
 */
enum err manage_once(const struct ctx *ctx, struct manage *manage,
    struct str what, const struct digest *body, struct str key_id) MUST_CHECK;

/*
 * store_change_begin; for ERR_SECRET_ALREADY_SHOWN the problem gets the id of
 * the key.
 */
enum err manage_begin(struct ctx *ctx, struct manage *manage) MUST_CHECK;

/*
 * Whether what has REVISION is what the caller means: there is no If-Match, or
 * it names it (RFC 9110 section 13.1.1). ERR_PRECONDITION_FAILED.
 */
enum err manage_match(const struct ctx *ctx, int64_t revision) MUST_CHECK;

/* Adds the ETag of REVISION. */
void manage_etag(struct ctx *ctx, int64_t revision);

/*
 * Waits for the change, which was kept, as long as the caller's Prefer says
 * (RFC 7240 section 4.3), and answers with J and the ETag of REVISION, if it
 * is not 0. J gets
 * the number of the change as `seq`; one that may take something away also
 * gets `confirmed`, `waited_ms` and `durability`: the answer is 200 if it is
 * true everywhere, else 202 with `confirm_after`. NULL is no memory for J.
 * ERR_MEMORY, and those of confirm_change.
 */
enum err manage_respond(struct ctx *ctx, const struct manage *manage,
    struct json *j, int64_t revision) MUST_CHECK;

/*
 * For what was found to have been done before, which ERR says: it is refused
 * with that once it is true everywhere, else the answer is as above.
 */
enum err manage_repeat(struct ctx *ctx, const struct manage *manage,
    struct json *j, int64_t revision, enum err err) MUST_CHECK;

#endif
