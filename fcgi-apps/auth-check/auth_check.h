/* SPDX-License-Identifier: ISC */
/*
 * auth_check [layer 8]: the handlers of auth-check, one file each.
 */
#ifndef HASP_AUTH_CHECK_H
#define HASP_AUTH_CHECK_H

#include "route.h"

/* check.c: the verdict that a web server asks for. */
enum err check_handle(struct ctx *ctx) MUST_CHECK;

/* whoami.c: GET /hasp/v1/whoami, what a key says of itself. */
enum err whoami_get(struct ctx *ctx) MUST_CHECK;

/* healthz.c: GET /hasp/v1/healthz, whether checks can be answered. */
enum err healthz_get(struct ctx *ctx) MUST_CHECK;

#endif
