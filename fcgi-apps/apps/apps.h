/* SPDX-License-Identifier: ISC */
/*
 * apps [layer 8]: the handlers of the program apps, one file an action.
 */
#ifndef HASP_APPS_H
#define HASP_APPS_H

#include "route.h"

/* Apps that are connected to the account. */
enum err app_list_get(struct ctx *ctx) MUST_CHECK;	/* GET apps */

#endif
