/* SPDX-License-Identifier: ISC */
/*
 * keys [layer 8]: the keys of an account, managed by its own people and by
 * its admin keys.
 */
#include "keys.h"
#include "metrics.h"
#include "serve.h"

#define KEYS_PATH "/hasp/v1/keys"

/* Handlers wait for the database and for each other's locks. */
#define KEYS_WORKERS 16

/* A little more than a form takes, which says what is wrong with it. */
#define KEYS_BODY_LIMIT ((size_t)96 * 1024)

/* A page of 100 keys with ten secrets each; 1000 hours with 30 reasons each. */
#define KEYS_MEMORY ((size_t)4 << 20)

static const struct route routes[] = {
	{ "GET", KEYS_PATH, ROUTE_NEEDS_ADMIN, list_handle },
	{ "POST", KEYS_PATH, ROUTE_NEEDS_ADMIN, create_handle },
	{ "GET", KEYS_PATH "/{id}", ROUTE_NEEDS_ADMIN, show_handle },
	{ "PATCH", KEYS_PATH "/{id}", ROUTE_NEEDS_ADMIN, change_handle },
	{ "DELETE", KEYS_PATH "/{id}", ROUTE_NEEDS_ADMIN, revoke_handle },
	{ "POST", KEYS_PATH "/{id}/rotation", ROUTE_NEEDS_ADMIN,
	    rotate_handle },
	{ "DELETE", KEYS_PATH "/{id}/secrets/{version}", ROUTE_NEEDS_ADMIN,
	    secret_handle },
	{ "POST", KEYS_PATH "/{id}/disabled", ROUTE_NEEDS_ADMIN,
	    disable_handle },
	{ "DELETE", KEYS_PATH "/{id}/disabled", ROUTE_NEEDS_ADMIN,
	    disable_undo },
	{ "GET", KEYS_PATH "/{id}/usage", ROUTE_NEEDS_ADMIN, usage_handle },
};

static const struct serve_app app = {
	.name = "keys",
	.summary = "lets accounts manage their keys",
	.routes = routes,
	.route_count = ARRAY_LEN(routes),
	.workers = KEYS_WORKERS,
	.body_limit = KEYS_BODY_LIMIT,
	.uses_database = true,
	.metrics = METRICS_REVOKER,
	.memory = KEYS_MEMORY,
};

int
main(int argc, char **argv)
{
	return serve_main(&app, argc, argv);
}
