/* SPDX-License-Identifier: ISC */
/*
 * apps [layer 8]: the handlers of the program apps, one file an action.
 */
#ifndef HASP_APPS_H
#define HASP_APPS_H

#include "route.h"

/* Apps that are connected to the account, and their connection. */
enum err app_list_get(struct ctx *ctx) MUST_CHECK;
enum err app_show_get(struct ctx *ctx) MUST_CHECK;
enum err code_inspect_post(struct ctx *ctx) MUST_CHECK;
enum err connection_grant_post(struct ctx *ctx) MUST_CHECK;
enum err connection_revoke_delete(struct ctx *ctx) MUST_CHECK;

/* Tokens of a connection. */
enum err token_list_get(struct ctx *ctx) MUST_CHECK;
enum err token_create_post(struct ctx *ctx) MUST_CHECK;
enum err token_revoke_delete(struct ctx *ctx) MUST_CHECK;

/* Apps that the account made for itself. */
enum err published_list_get(struct ctx *ctx) MUST_CHECK;
enum err published_create_post(struct ctx *ctx) MUST_CHECK;
enum err published_show_get(struct ctx *ctx) MUST_CHECK;
enum err published_change_patch(struct ctx *ctx) MUST_CHECK;
enum err published_remove_delete(struct ctx *ctx) MUST_CHECK;
enum err published_rotate_post(struct ctx *ctx) MUST_CHECK;

/*
 * What programs of publishers ask for: oauth.h. Their errors are those of RFC
 * 6749 section 5.2.
 */
enum err oauth_token_post(struct ctx *ctx) MUST_CHECK;	/* oauth/token */
enum err oauth_introspect_post(struct ctx *ctx) MUST_CHECK;
enum err oauth_revoke_post(struct ctx *ctx) MUST_CHECK;
enum err connect_code_post(struct ctx *ctx) MUST_CHECK;	/* connect-codes */

#endif
