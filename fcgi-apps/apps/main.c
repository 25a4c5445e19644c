/* SPDX-License-Identifier: ISC */
/*
 * apps [layer 8]: accounts connect apps, and publishers get tokens for them:
 * its route table.
 */
#include "apps.h"
#include "metrics.h"
#include "serve.h"

#define V1 "/hasp/v1"
#define APPS V1 "/apps"
#define PUBLISHED V1 "/published-apps"

/* Handlers wait for the database and for each other's locks. */
#define APPS_WORKERS 16

/* A little more than a form takes, which says what is wrong with it. */
#define APPS_BODY ((size_t)96 * 1024)

static const struct route routes[] = {
	{ "GET", APPS, ROUTE_NEEDS_ADMIN, app_list_get },
	{ "GET", APPS "/{guid}", ROUTE_NEEDS_ADMIN, app_show_get },
	{ "POST", V1 "/connect-codes/inspection", ROUTE_NEEDS_ADMIN,
	    code_inspect_post },
	{ "POST", APPS "/{guid}/connection", ROUTE_NEEDS_ADMIN,
	    connection_grant_post },
	{ "DELETE", APPS "/{guid}/connection", ROUTE_NEEDS_ADMIN,
	    connection_revoke_delete },
	{ "GET", APPS "/{guid}/tokens", ROUTE_NEEDS_ADMIN, token_list_get },
	{ "POST", APPS "/{guid}/tokens", ROUTE_NEEDS_ADMIN,
	    token_create_post },
	{ "DELETE", APPS "/{guid}/tokens/{id}", ROUTE_NEEDS_ADMIN,
	    token_revoke_delete },
	{ "GET", PUBLISHED, ROUTE_NEEDS_ADMIN, published_list_get },
	{ "POST", PUBLISHED, ROUTE_NEEDS_ADMIN, published_create_post },
	{ "GET", PUBLISHED "/{guid}", ROUTE_NEEDS_ADMIN, published_show_get },
	{ "PATCH", PUBLISHED "/{guid}", ROUTE_NEEDS_ADMIN,
	    published_change_patch },
	{ "DELETE", PUBLISHED "/{guid}", ROUTE_NEEDS_ADMIN,
	    published_remove_delete },
	{ "POST", PUBLISHED "/{guid}/secrets", ROUTE_NEEDS_ADMIN,
	    published_rotate_post },
	{ "POST", V1 "/connect-codes", ROUTE_NEEDS_NOTHING,
	    connect_code_post },
	{ "POST", V1 "/oauth/token", ROUTE_NEEDS_NOTHING, oauth_token_post },
	{ "POST", V1 "/oauth/introspect", ROUTE_NEEDS_NOTHING,
	    oauth_introspect_post },
	{ "POST", V1 "/oauth/revoke", ROUTE_NEEDS_NOTHING, oauth_revoke_post },
};

static const struct serve_app app = {
	.name = "apps",
	.summary = "connects accounts to apps and gives these tokens",
	.routes = routes,
	.route_count = ARRAY_LEN(routes),
	.workers = APPS_WORKERS,
	.body_limit = APPS_BODY,
	.uses_database = true,
	.journals = true,
	.metrics = METRICS_REVOKER,
};

int
main(int argc, char **argv)
{
	return serve_main(&app, argc, argv);
}
