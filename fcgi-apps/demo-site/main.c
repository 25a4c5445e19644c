/* SPDX-License-Identifier: ISC */
/*
 * demo-site [layer 8]: a site to try Hasp on: shows what arrives behind the
 * web server. It has no secrets and asks for no key itself.
 */
#include "echo.h"
#include "serve.h"

static const struct route routes[] = {
	{ "*", ROUTE_ANY, ROUTE_NEEDS_NOTHING, echo_handle },
};

static const struct serve_app app = {
	.name = "demo-site",
	.summary = "answers every request with what it was sent",
	.routes = routes,
	.route_count = ARRAY_LEN(routes),
	.workers = 2,
	.body_limit = 0,
	.uses_database = false,
};

int
main(int argc, char **argv)
{
	return serve_main(&app, argc, argv);
}
