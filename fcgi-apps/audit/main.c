/* SPDX-License-Identifier: ISC */
/*
 * audit [layer 8]: what happened in an account, read by its own people and by
 * its admin keys.
 */
#include "audit.h"
#include "metrics.h"
#include "serve.h"

#define V1 "/hasp/v1"

/* Nothing here has a body. */
#define AUDIT_BODY ((size_t)16 * 1024)

/* A page of 500 events, twice: as rows and as text. */
#define AUDIT_MEMORY ((size_t)8 << 20)

static const struct route routes[] = {
	{ "GET", V1 "/audit-events", ROUTE_NEEDS_ADMIN, events_handle },
	{ "GET", V1 "/audit-events/{id}", ROUTE_NEEDS_ADMIN, one_handle },
	{ "GET", V1 "/audit-head", ROUTE_NEEDS_ADMIN, head_handle },
	{ "GET", V1 "/usage", ROUTE_NEEDS_ADMIN, usage_handle },
};

static const struct serve_app app = {
	.name = "audit",
	.summary = "tells accounts what happened in them",
	.routes = routes,
	.route_count = ARRAY_LEN(routes),
	.workers = AUDIT_WORKERS,
	.body_limit = AUDIT_BODY,
	.uses_database = true,
	.journals = true,
	.memory = AUDIT_MEMORY,
};

int
main(int argc, char **argv)
{
	return serve_main(&app, argc, argv);
}
