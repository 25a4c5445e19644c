/* SPDX-License-Identifier: ISC */
/*
 * clientid [layer 2]: how an app says who it is (RFC 6749 section 2.3.1): by
 * HTTP Basic (RFC 7617) with its id and secret form-urlencoded, or by
 * parameters of the body; by one of the two, and never both. By shape alone.
 * Pure.
 */
#ifndef HASP_CLIENTID_H
#define HASP_CLIENTID_H

#include "err.h"
#include "str.h"

/* Longest Authorization value that is looked at. */
#define CLIENTID_MAX 1024

/* What was sent. */
struct clientid_sources {
	bool has_authorization;		/* the header was sent at all */
	struct str authorization;	/* its value */
	struct str id, secret;	/* the parameters, decoded; perhaps "" */
};

struct clientid {
	struct str id, secret;	/* views into ROOM or the sources */
};

/* Where decoded Basic credentials are put; the caller wipes it. */
struct clientid_room {
	char text[CLIENTID_MAX];
	char plain[CLIENTID_MAX];
};

/*
 * ERR_OK and OUT, neither of whose texts is empty. ERR_CLIENT_MISSING: nothing
 * that can be id and secret, as another scheme, Basic that is broken, or one of
 * them alone. ERR_CLIENT_TWICE: both ways; a client_id beside Basic that says
 * the same is no second way, for libraries send it along.
 */
enum err clientid_parse(const struct clientid_sources *sources,
    struct clientid_room *room, struct clientid *out) MUST_CHECK;

#endif
