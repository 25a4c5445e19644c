/* SPDX-License-Identifier: ISC */
/*
 * audit [layer 8]: the handlers of the program audit, one file an action.
 */
#ifndef HASP_AUDIT_H
#define HASP_AUDIT_H

#include "route.h"

/* Unless the configuration says so. Long exports are to hold nobody up. */
#define AUDIT_WORKERS 16

enum err events_handle(struct ctx *ctx);	/* GET audit-events */
enum err head_handle(struct ctx *ctx);	/* GET audit-head */
enum err one_handle(struct ctx *ctx);	/* GET audit-events/{id} */
enum err usage_handle(struct ctx *ctx);	/* GET usage */

#endif
