/* SPDX-License-Identifier: ISC */
/*
 * prefer [layer 2]: the header Prefer (RFC 7240), of which one preference
 * counts here: how long the client waits. Pure.
 */
#ifndef HASP_PREFER_H
#define HASP_PREFER_H

#include "str.h"

/*
 * The whole seconds of `wait` in HEADER (RFC 7240 section 4.3), at most MAX:
 * who waits longer than that waits so long. False, with OUT left alone, if
 * there is none or the first of them is no number: what is not understood is
 * ignored, and the first one counts (section 2).
 */
bool prefer_wait(struct str header, int64_t max, int64_t *out) MUST_CHECK;

#endif
