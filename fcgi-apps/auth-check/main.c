/* SPDX-License-Identifier: ISC */
/*
 * auth-check [layer 8]: answers the web server's question whether a request
 * may pass, and tells the holder of a key what the key is.
 */
#include "auth_check.h"
#include "metrics.h"
#include "serve.h"

/*
 * Checks that one worker takes together. More of them cost a little less
 * each, and make the first of them wait for the last.
 */
#define AUTH_CHECK_BATCH 16

static const struct route routes[] = {
	{ "*", ROUTE_CHECK, ROUTE_NEEDS_VERDICT, check_handle },
	{ "GET", "/hasp/v1/whoami", ROUTE_NEEDS_KEY, whoami_get },
	{ "GET", "/hasp/v1/healthz", ROUTE_NEEDS_NOTHING, healthz_get },
};

static const struct serve_app app = {
	.name = "auth-check",
	.summary = "answers a web server's authentication requests",
	.routes = routes,
	.route_count = ARRAY_LEN(routes),
	.workers = 0,
	.body_limit = 0,
	.uses_database = true,
	.journals = true,
	.batch = AUTH_CHECK_BATCH,
	.verifies = true,
	.metrics = METRICS_VERIFIER,
};

int
main(int argc, char **argv)
{
	return serve_main(&app, argc, argv);
}
