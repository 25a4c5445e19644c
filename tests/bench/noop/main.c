/* SPDX-License-Identifier: ISC */
/*
 * noop [layer 8]: a program on the same server code as the others that allows
 * everything at once: what the server itself costs. For benchmarks and tests;
 * never installed.
 */
#include "serve.h"

/* Enough for tests that send a body. */
#define NOOP_BODY_LIMIT 16384

/* Requests taken together: as auth-check does. */
#define NOOP_BATCH 8

/* What auth-check says of a caller, for who wants to know what that costs. */
static const char *const noop_identity[][2] = {
	{ "X-Hasp-Account", "12345" },
	{ "X-Hasp-Key", "key_0123456789abcdef" },
	{ "X-Hasp-Secret-Version", "1" },
	{ "X-Hasp-Role", "read" },
	{ "X-Hasp-Environment", "live" },
	{ "X-Hasp-App", "" },
	{ "X-Hasp-Request-Id", "0123456789abcdef0123456789abcdef" },
};

static enum err
noop_check(struct ctx *ctx)
{
	response_status(ctx->response,
	    ctx->request->role == REQUEST_AUTHORIZER ? 200 : 204);
	if (request_param(ctx->request, "NOOP_IDENTITY").len == 0)
		return ERR_OK;
	for (size_t i = 0; i < ARRAY_LEN(noop_identity); i++)
		response_header(ctx->response, noop_identity[i][0],
		    str_of(noop_identity[i][1]));
	return ERR_OK;
}

/* Says back what it was sent. */
static enum err
noop_echo(struct ctx *ctx)
{
	struct str body;
	enum err err = request_body(ctx->request, ctx->arena, &body);

	if (err != ERR_OK)
		return err;
	response_status(ctx->response, 200);
	response_header(ctx->response, "X-Echo",
	    request_param(ctx->request, "ECHO"));
	response_body(ctx->response, "application/octet-stream", body);
	return ERR_OK;
}

static const struct route noop_routes[] = {
	{ "*", ROUTE_CHECK, ROUTE_NEEDS_NOTHING, noop_check },
	{ "GET", "/echo", ROUTE_NEEDS_NOTHING, noop_echo },
	{ "POST", "/echo", ROUTE_NEEDS_NOTHING, noop_echo },
};

int
main(int argc, char **argv)
{
	const struct serve_app app = {
		.name = "noop",
		.summary = "Allows every request: the baseline of the "
		    "benchmarks.",
		.routes = noop_routes,
		.route_count = ARRAY_LEN(noop_routes),
		.body_limit = NOOP_BODY_LIMIT,
		.batch = NOOP_BATCH,
	};

	return serve_main(&app, argc, argv);
}
