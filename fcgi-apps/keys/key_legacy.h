/* SPDX-License-Identifier: ISC */
/*
 * key_legacy [layer 8]: how keys of the kind api_key are deprecated, for the
 * account of a request on the site that it came through.
 */
#ifndef HASP_KEY_LEGACY_H
#define HASP_KEY_LEGACY_H

#include "decision.h"
#include "route.h"

/*
 * Reads what counts, inside a transaction that sees ACCOUNT, texts in the
 * request's memory. ERR_SITE_MISCONFIGURED if the web server says something
 * that is not understood.
 */
enum err key_legacy_read(const struct ctx *ctx, int64_t account,
    struct decision_legacy *out) MUST_CHECK;

/* Whether keys of that kind are, or are announced to be, deprecated. */
bool key_legacy_is(const struct decision_legacy *legacy, struct str kind);

/* Whether no new key of that kind is made at NOW. */
bool key_legacy_refuses(const struct decision_legacy *legacy, struct str kind,
    int64_t now);

/*
 * Tells of it in the headers of RFC 9745 and RFC 8594, unless the caller's own
 * key is deprecated, of which the answer tells anyway.
 */
void key_legacy_respond(struct ctx *ctx, const struct decision_legacy *legacy);

#endif
