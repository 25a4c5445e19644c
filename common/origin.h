/* SPDX-License-Identifier: ISC */
/*
 * origin [layer 3]: whether a browser sends a request on behalf of another
 * site's page. Programs send none of these headers and are not concerned.
 */
#ifndef HASP_ORIGIN_H
#define HASP_ORIGIN_H

#include "request.h"

/*
 * True if the browser says so: by Sec-Fetch-Site (Fetch Metadata) other than
 * same-origin and none, or by an Origin (RFC 6454 section 7) whose host and
 * port are not those that the request was sent to.
 */
bool origin_is_foreign(const struct request *request);

/* Whether METHOD changes nothing (RFC 9110 section 9.2.1). */
bool origin_is_safe_method(struct str method);

#endif
