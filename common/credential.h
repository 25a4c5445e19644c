/* SPDX-License-Identifier: ISC */
/*
 * credential [layer 2]: from what a client sent to one account id and one
 * whole key, or to the name of the mistake. By shape alone: nothing here
 * knows which keys exist. RFC 9110 section 11.6.2, RFC 7617 (Basic), RFC 6750
 * section 2.1 (Bearer). Pure.
 */
#ifndef HASP_CREDENTIAL_H
#define HASP_CREDENTIAL_H

#include "err.h"
#include "keytext.h"
#include "str.h"

/* Longest Authorization value that is looked at. */
#define CREDENTIAL_MAX 512

/* Largest account id: PostgreSQL's bigint. */
#define CREDENTIAL_ACCOUNT_MAX INT64_MAX

/* The places of a request where keys are found, rightly or wrongly. */
struct credential_sources {
	bool has_authorization;		/* the header was sent at all */
	struct str authorization;	/* its value */
	struct str x_api_key;		/* X-API-Key; empty if not sent */
	struct str query;		/* the query string, undecoded */
};

enum credential_scheme {
	CREDENTIAL_BEARER,
	CREDENTIAL_BASIC,
};

struct credential {
	enum credential_scheme scheme;
	int64_t account;	/* Basic: the account id claimed; else 0 */
	struct keytext key;	/* views into ROOM or the sources */
};

/* Where decoded Basic credentials are put; the caller wipes it. */
struct credential_room {
	char text[CREDENTIAL_MAX];
};

/*
 * ERR_OK and OUT for exactly one well-formed credential; else the 401 that
 * names the mistake.
 */
enum err credential_parse(const struct keytext_rules *rules,
    const struct credential_sources *sources, struct credential_room *room,
    struct credential *out) MUST_CHECK;

#endif
