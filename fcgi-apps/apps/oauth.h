/* SPDX-License-Identifier: ISC */
/*
 * oauth [layer 8]: what the endpoints for programs of publishers have in
 * common (RFC 6749, 7009, 7662): a form comes in, by an app that shows its
 * secret; what is refused is told as RFC 6749 section 5.2 has it.
 */
#ifndef HASP_OAUTH_H
#define HASP_OAUTH_H

#include "guid.h"
#include "route.h"
#include "store_client.h"

/* Parameters of all endpoints, each at most once; "" if it is not there. */
struct oauth_input {
	struct str grant_type;
	struct str scope;
	struct str account;
	struct str role;
	struct str environment;
	struct str token;
	struct str client_id;
	struct str client_secret;
};

/* One request. */
struct oauth {
	struct ctx *ctx;
	struct oauth_input in;
	char guid[GUID_SIZE];		/* of the app, which is known */
	struct store_client client;
	/* Of ERR_OAUTH_INVALID and such: what is wrong; NULL: as always. */
	const char *fault;
};

/* Handles a request whose app is known, and makes the answer if it is one. */
typedef enum err (*oauth_handle)(struct oauth *o);

/*
 * Answers the request by HANDLE or, if that or what comes before it fails, with
 * the error. ERR_MEMORY, ERR_INTERNAL if there is no answer.
 */
enum err oauth_serve(struct ctx *ctx, oauth_handle handle) MUST_CHECK;

/*
 * The parameter account as a number, 0 if it is not there. ERR_OAUTH_INVALID.
 */
enum err oauth_account(struct oauth *o, int64_t *out) MUST_CHECK;

/* O's fault is TEXT: ERR_OAUTH_INVALID. */
enum err oauth_fault(struct oauth *o, const char *text) MUST_CHECK;

/* Makes OUT a change of ACCOUNT by the app. */
void oauth_change(const struct oauth *o, int64_t account,
    struct store_change *out);

#endif
