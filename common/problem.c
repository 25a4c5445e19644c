/* SPDX-License-Identifier: ISC */
#include "problem.h"

#include <stdio.h>

#include "json.h"

/* RFC 9457 section 3, as its example has it. */
static struct json *
problem_errors(const struct form_faults *faults)
{
	struct json *list = json_array_open(), *one;

	for (size_t i = 0; list != NULL && i < faults->count; i++) {
		if ((one = json_object_open()) != NULL) {
			json_set_str(one, "pointer", faults->list[i].pointer);
			json_set_text(one, "detail", faults->list[i].detail);
		}
		json_append(list, one);
	}
	return list;
}

enum err
problem_text(const struct problem *problem, const struct config *config,
    struct arena *arena, struct str *out)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct buf type = buf_in(arena);
	int http = err_http(problem->err);

	if (j == NULL)
		return ERR_MEMORY;
	buf_printf(&type, "%s%s", config->problem_type_base,
	    err_code(problem->err));
	if (type.failed)
		return ERR_MEMORY;
	json_set_str(j, "type", buf_str(&type));
	json_set_text(j, "title", err_reason(http));
	json_set_int(j, "status", http);
	json_set_text(j, "code", err_code(problem->err));
	json_set_text(j, "detail", err_sentence(problem->err));
	if (problem->request_id.len > 0)
		json_set_str(j, "request_id", problem->request_id);
	if (problem->api_host.len > 0)
		json_set_str(j, "api_host", problem->api_host);
	if (problem->key_id.len > 0)
		json_set_str(j, "key_id", problem->key_id);
	if (problem->faults != NULL && problem->faults->count > 0)
		json_set(j, "errors", problem_errors(problem->faults));
	return json_write(j, arena, out);
}

/*
 * RFC 6750 section 3.1: no error code where no credential was sent at all,
 * invalid_token for one that is refused.
 */
static const char *
problem_bearer_error(enum err err)
{
	if (err == ERR_CREDENTIAL_MISSING)
		return "";
	return ", error=\"invalid_token\"";
}

static void
problem_challenge(const struct problem *problem, const struct config *config,
    struct response *response)
{
	struct buf basic = buf_in(response->arena);
	struct buf bearer = buf_in(response->arena);

	buf_printf(&basic, "Basic realm=\"%s\", charset=\"UTF-8\"",
	    config->problem_realm);
	buf_printf(&bearer, "Bearer realm=\"%s\"%s", config->problem_realm,
	    problem_bearer_error(problem->err));
	if (basic.failed || bearer.failed) {
		response->bad = true;
		return;
	}
	if (!problem->browser)
		response_header(response, "WWW-Authenticate", buf_str(&basic));
	response_header(response, "WWW-Authenticate", buf_str(&bearer));
}

void
problem_respond(const struct problem *problem, const struct config *config,
    struct response *response)
{
	int http = err_http(problem->err);
	char seconds[24];
	struct str text;

	response_status(response, http);
	response_header(response, "Cache-Control", STR("no-store"));
	if (http == 401)
		problem_challenge(problem, config, response);
	if (http == 429 || http == 503) {
		(void)snprintf(seconds, sizeof(seconds), "%lld",
		    (long long)problem_retry(problem));
		response_header(response, "Retry-After", str_of(seconds));
	}
	if (problem_text(problem, config, response->arena, &text) != ERR_OK) {
		response->bad = true;
		return;
	}
	response_body(response, "application/problem+json", text);
}
