/* SPDX-License-Identifier: ISC */
#include "oauth_answer.h"

#include <stdio.h>

/* Seconds to wait where too much is there already and no time is known. */
#define OAUTH_ANSWER_WAIT 60

/* What clients know an error by, and what is answered with it. */
struct oauth_answer_row {
	enum err err;
	const char *error;
	int http;		/* 0: that of the error */
	int64_t wait;		/* for Retry-After; 0: as for any problem */
};

/*
 * RFC 6749 section 5.2. temporarily_unavailable is of section 4.1.2.1: the one
 * registered name for what a client may simply try again.
 */
static const struct oauth_answer_row oauth_answer_rows[] = {
	{ ERR_CLIENT_MISSING, "invalid_client", 0, 0 },
	{ ERR_CLIENT_INVALID, "invalid_client", 0, 0 },
	{ ERR_TOO_MANY_ATTEMPTS, "invalid_client", 0, 0 },
	{ ERR_CLIENT_TWICE, "invalid_request", 0, 0 },
	{ ERR_OAUTH_INVALID, "invalid_request", 0, 0 },
	{ ERR_QUERY_INVALID, "invalid_request", 0, 0 },
	{ ERR_CROSS_SITE, "invalid_request", 0, 0 },
	{ ERR_BODY_TOO_LARGE, "invalid_request", 0, 0 },
	{ ERR_GRANT_TYPE_UNSUPPORTED, "unsupported_grant_type", 0, 0 },
	{ ERR_SCOPE_INVALID, "invalid_scope", 0, 0 },
	{ ERR_ACCOUNT_UNNAMED, "invalid_request", 0, 0 },
	{ ERR_CONNECTION_UNKNOWN, "invalid_grant", 0, 0 },
	{ ERR_CONNECTION_ENDED, "invalid_grant", 0, 0 },
	{ ERR_CONNECTION_SUSPENDED, "invalid_grant", 0, 0 },
	{ ERR_APP_PRIVATE, "unauthorized_client", 400, 0 },
	{ ERR_TOO_MANY_TOKENS, "temporarily_unavailable", 0,
	    OAUTH_ANSWER_WAIT },
	{ ERR_TOO_MANY_CODES, "temporarily_unavailable", 0,
	    OAUTH_ANSWER_WAIT },
};

/* ERR's row; one of all that only time can mend for any other. */
static struct oauth_answer_row
oauth_answer_find(enum err err)
{
	for (size_t i = 0; i < ARRAY_LEN(oauth_answer_rows); i++)
		if (oauth_answer_rows[i].err == err)
			return oauth_answer_rows[i];
	return (struct oauth_answer_row){
		err, "temporarily_unavailable", 503, 0
	};
}

enum err
oauth_answer_json(struct ctx *ctx, int http, const struct json *j)
{
	enum err err = j == NULL ? ERR_MEMORY :
	    response_json(ctx->response, http, j);

	if (err == ERR_OK)
		response_header(ctx->response, "Pragma", STR("no-cache"));
	return err;
}

/* What the status takes besides the body. */
static void
oauth_answer_headers(struct ctx *ctx, int http, int64_t wait)
{
	struct buf basic = buf_in(ctx->arena);
	char seconds[STR_DECIMAL_SIZE];

	if (http == 429 || http == 503)
		response_header(ctx->response, "Retry-After",
		    str_decimal(wait > 0 ? wait : problem_retry(&ctx->problem),
		    seconds));
	if (http != 401)
		return;
	buf_printf(&basic, "Basic realm=\"%s\", charset=\"UTF-8\"",
	    ctx->config->problem_realm);
	if (basic.failed)
		ctx->response->bad = true;
	else
		response_header(ctx->response, "WWW-Authenticate",
		    buf_str(&basic));
}

static struct json *
oauth_answer_body(struct ctx *ctx, const char *error, enum err err,
    const char *fault)
{
	struct buf uri = buf_in(ctx->arena);
	struct json *j = json_object_open();

	buf_printf(&uri, "%s%s", ctx->config->problem_type_base,
	    err_code(err));
	if (j == NULL || uri.failed) {
		json_close(j);
		return NULL;
	}
	json_set_text(j, "error", error);
	json_set_text(j, "error_description",
	    fault != NULL ? fault : err_sentence(err));
	json_set_str(j, "error_uri", buf_str(&uri));
	/* No member of the RFC's; clients ignore what they do not know. */
	json_set_str(j, "request_id", ctx->request->id);
	return j;
}

enum err
oauth_answer_error(struct ctx *ctx, enum err cause, const char *fault)
{
	enum err err = err_public(cause);
	struct oauth_answer_row row = oauth_answer_find(err);
	int http = row.http != 0 ? row.http : err_http(err);
	bool head = ctx->response->head;
	struct json *j CLEANUP_JSON = NULL;
	enum err failed;

	ctx->refused = err;
	/* Nothing of what a handler began with may remain. */
	response_init(ctx->response, ctx->arena);
	ctx->response->head = head;
	j = oauth_answer_body(ctx, row.error, err, fault);
	failed = oauth_answer_json(ctx, http, j);
	if (failed == ERR_OK)
		oauth_answer_headers(ctx, http, row.wait);
	return failed;
}
