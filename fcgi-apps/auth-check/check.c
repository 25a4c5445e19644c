/* SPDX-License-Identifier: ISC */
/*
 * check [layer 8]: one verdict in three voices. Folded (nginx): 401 or 403
 * without a body, the true status and the whole problem in headers, because
 * auth_request passes nothing else on. Plain (Caddy, HAProxy): the problem
 * itself. Authorizer (Apache, lighttpd): 200 and Variable- headers.
 */
#include <stdio.h>

#include "access.h"
#include "auth_check.h"
#include "problem.h"
#include "terms.h"

/* What the site behind the web server learns of the caller. */
struct check_identity {
	const char *header;	/* to a responder's peer */
	const char *variable;	/* to an authorizer's */
	struct str value;
};

/* What a site behind the web server is told of a caller who may pass. */
static void
check_allow(struct ctx *ctx, const struct decision_record *r)
{
	bool authorizer = ctx->request->role == REQUEST_AUTHORIZER;
	char account[STR_DECIMAL_SIZE], version[STR_DECIMAL_SIZE];
	const struct check_identity identity[] = {
		{ "X-Hasp-Account", "Variable-HASP_ACCOUNT",
		    str_decimal(r->account, account) },
		{ "X-Hasp-Key", "Variable-HASP_KEY", str_of(r->key_id) },
		{ "X-Hasp-Secret-Version", "Variable-HASP_SECRET_VERSION",
		    str_decimal(r->secret_version, version) },
		{ "X-Hasp-Role", "Variable-HASP_ROLE",
		    str_of(role_name(r->role)) },
		{ "X-Hasp-Environment", "Variable-HASP_ENVIRONMENT",
		    str_of(r->environment) },
		{ "X-Hasp-App", "Variable-HASP_APP", str_of(r->app) },
		{ "X-Hasp-Request-Id", "Variable-HASP_REQUEST_ID",
		    ctx->request->id },
	};

	/* An authorizer's peer takes exactly 200; nginx stores a 200. */
	response_status(ctx->response, authorizer ? 200 : 204);
	for (size_t i = 0; i < ARRAY_LEN(identity); i++)
		response_header(ctx->response, authorizer ?
		    identity[i].variable : identity[i].header,
		    identity[i].value);
	terms_respond(ctx->caller, authorizer ? TERMS_VARIABLE : TERMS_FOLDED,
	    ctx->response);
}

/* nginx: only 401 and 403 come through auth_request as they are. */
static void
check_fold(struct ctx *ctx)
{
	const struct problem problem = {
		.err = ctx->verdict,
		.request_id = ctx->request->id,
		.api_host = access_api_host(ctx->caller, ctx->verdict),
		.retry_after = access_retry(ctx->caller, ctx->verdict),
	};
	int http = err_http(problem.err);
	char status[8], retry[24];
	struct str text;

	ctx->refused = ctx->verdict;
	(void)snprintf(status, sizeof(status), "%d", http);
	(void)snprintf(retry, sizeof(retry), "%lld",
	    (long long)problem_retry(&problem));
	response_status(ctx->response, http == 401 ? 401 : 403);
	response_header(ctx->response, "Hasp-Status", str_of(status));
	response_header(ctx->response, "Hasp-Code",
	    str_of(err_code(problem.err)));
	if (http == 429 || http == 503)
		response_header(ctx->response, "Retry-After", str_of(retry));
	terms_respond(ctx->caller, TERMS_FOLDED, ctx->response);
	/* Without it the web server has a fixed body of its own. */
	if (problem_text(&problem, ctx->config, ctx->arena, &text) == ERR_OK)
		response_header(ctx->response, "Hasp-Problem", text);
}

enum err
check_handle(struct ctx *ctx)
{
	if (ctx->verdict == ERR_OK)
		check_allow(ctx, &ctx->caller->record);
	else if (str_eq(request_param(ctx->request, "HASP_REFUSAL"),
	    STR("fold")))
		check_fold(ctx);
	else
		return ctx->verdict;
	return ERR_OK;
}
