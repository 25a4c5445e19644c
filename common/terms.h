/* SPDX-License-Identifier: ISC */
/*
 * terms [layer 6]: what an answer tells the holder of a key about using it:
 * its deprecation (RFC 9745), sunset (RFC 8594), a link, and its rate limit and
 * daily quota (draft-ietf-httpapi-ratelimit-headers, as policies "key" and
 * "day").
 */
#ifndef HASP_TERMS_H
#define HASP_TERMS_H

#include "access.h"
#include "json.h"
#include "response.h"

/* Whom the fields are for. */
enum terms_voice {
	TERMS_PLAIN,	/* the client: Deprecation, RateLimit */
	TERMS_FOLDED,	/* a web server, to hand on: Hasp-Deprecation */
	TERMS_VARIABLE,	/* an authorizer's: Variable-HASP_DEPRECATION */
	TERMS__COUNT
};

/* Adds what LEGACY, which has a date, says. */
void terms_legacy(const struct decision_legacy *legacy, enum terms_voice voice,
    struct response *response);

/* Sets the member `deprecation` of J to the same; null if LEGACY is NULL. */
void terms_set_legacy(struct json *j, const struct decision_legacy *legacy);

/* Adds those that apply to CALLER, who may be NULL, to RESPONSE. */
void terms_respond(const struct access_caller *caller, enum terms_voice voice,
    struct response *response);

#endif
