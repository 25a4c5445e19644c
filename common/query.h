/* SPDX-License-Identifier: ISC */
/*
 * query [layer 3]: the parameters behind the question mark. One that has
 * no meaning is refused, and so is one that comes twice.
 */
#ifndef HASP_QUERY_H
#define HASP_QUERY_H

#include "route.h"

/* Whether all have one of NAMES, whose last is NULL. ERR_QUERY_INVALID. */
enum err query_known(const struct ctx *ctx, const char *const *names)
    MUST_CHECK;

/* For requests that have none. ERR_QUERY_INVALID. */
enum err query_none(const struct ctx *ctx) MUST_CHECK;

/*
 * The parameter NAME, at most MAX bytes, in the arena; OUT is left alone if it
 * is not there. ERR_QUERY_INVALID, ERR_MEMORY.
 */
enum err query_text(const struct ctx *ctx, const char *name, size_t max,
    struct str *out) MUST_CHECK;

/*
 * Adds the link to the page of at most LIMIT that comes after CURSOR, at the
 * same path (RFC 8288).
 */
void query_link_next(struct ctx *ctx, int limit, const char *cursor);

/*
 * The same for a page with parameters of its own: those of NAMES, whose last
 * is NULL, come again as they were sent, but for `cursor`.
 */
void query_link_again(struct ctx *ctx, const char *const *names,
    const char *cursor);

#endif
