/* SPDX-License-Identifier: ISC */
#include "oauth_input.h"

#include <string.h>

#include "urlform.h"

/* Where a parameter belongs, and what is said of it if it is no good. */
struct oauth_input_row {
	const char *name;
	size_t offset;
	enum err twice;
	const char *fault;
};

#define OAUTH_INPUT_ROW(name, err) \
	{ #name, offsetof(struct oauth_input, name), err, \
	"The parameter " #name " is there twice, or is not UTF-8 that is " \
	"properly encoded." }

static const struct oauth_input_row oauth_input_rows[] = {
	OAUTH_INPUT_ROW(grant_type, ERR_OAUTH_INVALID),
	OAUTH_INPUT_ROW(scope, ERR_OAUTH_INVALID),
	OAUTH_INPUT_ROW(account, ERR_OAUTH_INVALID),
	OAUTH_INPUT_ROW(role, ERR_OAUTH_INVALID),
	OAUTH_INPUT_ROW(environment, ERR_OAUTH_INVALID),
	OAUTH_INPUT_ROW(token, ERR_OAUTH_INVALID),
	OAUTH_INPUT_ROW(client_id, ERR_CLIENT_TWICE),
	OAUTH_INPUT_ROW(client_secret, ERR_CLIENT_TWICE),
};

/* The body, and as much room again. */
static enum err
oauth_input_body(struct ctx *ctx, struct str *body, char **room)
{
	/* One byte more tells a body that is too large. */
	const size_t size = URLFORM_MAX + 1;
	char *raw = arena_alloc(ctx->arena, size);

	if (raw == NULL)
		return ERR_MEMORY;
	*body = (struct str){ raw, request_read(ctx->request, raw, size) };
	if (body->len > URLFORM_MAX)
		return ERR_BODY_TOO_LARGE;
	*room = arena_alloc(ctx->arena, body->len);
	return *room != NULL ? ERR_OK : ERR_MEMORY;
}

/* What ANSWER, about the parameter FAULT, is called. */
static enum err
oauth_input_refuse(struct oauth *o, enum urlform_answer answer, size_t fault)
{
	const struct oauth_input_row *row = &oauth_input_rows[fault];

	if (answer == URLFORM_READ)
		return ERR_OK;
	if (fault >= ARRAY_LEN(oauth_input_rows))
		return oauth_fault(o, "The body is not form-urlencoded UTF-8 "
		    "without NUL: an escape is broken, or there are far too "
		    "many parameters.");
	if (answer == URLFORM_TWICE && row->twice != ERR_OAUTH_INVALID)
		return row->twice;
	return oauth_fault(o, row->fault);
}

enum err
oauth_input_read(struct oauth *o)
{
	struct urlform_param params[ARRAY_LEN(oauth_input_rows)];
	enum urlform_answer answer;
	size_t fault = 0;
	struct str body;
	char *room;
	enum err err;

	if (!urlform_is_type(request_param(o->ctx->request, "CONTENT_TYPE")))
		return oauth_fault(o, "Send the header Content-Type: "
		    "application/x-www-form-urlencoded, and such a body in "
		    "UTF-8.");
	if ((err = oauth_input_body(o->ctx, &body, &room)) != ERR_OK)
		return err;
	for (size_t i = 0; i < ARRAY_LEN(params); i++)
		params[i].name = oauth_input_rows[i].name;
	answer = urlform_read(body, params, ARRAY_LEN(params), room, &fault);
	for (size_t i = 0; i < ARRAY_LEN(params); i++)
		memcpy((char *)&o->in + oauth_input_rows[i].offset,
		    &params[i].value, sizeof(params[i].value));
	return oauth_input_refuse(o, answer, fault);
}
