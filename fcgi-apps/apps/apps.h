/* SPDX-License-Identifier: ISC */
/*
 * apps [layer 8]: the handlers of the program apps, one file an action.
 */
#ifndef HASP_APPS_H
#define HASP_APPS_H

#include "route.h"

/* Apps that are connected to the account. */
enum err app_list_get(struct ctx *ctx) MUST_CHECK;	/* GET apps */

/*
 * What programs of publishers ask for: oauth.h. Their errors are those of RFC
 * 6749 section 5.2.
 */
enum err oauth_token_post(struct ctx *ctx) MUST_CHECK;	/* oauth/token */
enum err oauth_introspect_post(struct ctx *ctx) MUST_CHECK;
enum err oauth_revoke_post(struct ctx *ctx) MUST_CHECK;
enum err connect_code_post(struct ctx *ctx) MUST_CHECK;	/* connect-codes */

#endif
