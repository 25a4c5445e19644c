/* SPDX-License-Identifier: ISC */
/*
 * echo [layer 8]: the one page of demo-site.
 */
#ifndef HASP_ECHO_H
#define HASP_ECHO_H

#include "route.h"

/*
 * 200 and {"method", "uri", "headers"} as JSON; the headers are those that
 * the web server passed on, named in the usual spelling (X-Hasp-Account).
 */
enum err echo_handle(struct ctx *ctx) MUST_CHECK;

#endif
