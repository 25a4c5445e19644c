/* SPDX-License-Identifier: ISC */
#include "echo.h"

#include <ctype.h>

#include "json.h"

/* Parameters that are headers of the client though they lack the HTTP_. */
static const struct str echo_content[] = {
	{ "CONTENT_TYPE", 12 },
	{ "CONTENT_LENGTH", 14 },
};

/* HTTP_X_HASP_KEY becomes X-Hasp-Key; NULL if memory is short. */
static const char *
echo_name(struct arena *arena, struct str name)
{
	char *out = arena_copy(arena, name.ptr, name.len);
	bool first = true;

	for (char *c = out; c != NULL && *c != '\0'; c++) {
		*c = (char)(*c == '_' ? '-' :
		    first ? toupper((unsigned char)*c) :
		    tolower((unsigned char)*c));
		first = *c == '-';
	}
	return out;
}

/*
 * A header is bytes, JSON is UTF-8: each byte counts as ISO 8859-1. BUF holds
 * what comes back, and says whether memory was short.
 */
static struct str
echo_utf8(struct buf *buf, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];
		char pair[2] = { (char)(0xc0 | c >> 6),
		    (char)(0x80 | (c & 0x3f)) };

		buf_add(buf, c < 0x80 ? str_part(value, i, 1) :
		    (struct str){ pair, 2 });
	}
	return buf_str(buf);
}

static bool
echo_is_header(struct str *name)
{
	const struct str prefix = STR("HTTP_");

	for (size_t i = 0; i < ARRAY_LEN(echo_content); i++)
		if (str_eq(*name, echo_content[i]))
			return true;
	if (!str_starts(*name, prefix))
		return false;
	*name = str_part(*name, prefix.len, name->len);
	return true;
}

/* Adds the parameter LINE, NAME=VALUE, to J if it is a header with a value. */
static enum err
echo_add(struct ctx *ctx, struct json *j, const char *line)
{
	struct buf buf = buf_in(ctx->arena);
	struct str name, value;
	const char *header;

	if (!str_cut(str_of(line), '=', &name, &value) || value.len == 0 ||
	    !echo_is_header(&name))
		return ERR_OK;
	header = echo_name(ctx->arena, name);
	value = echo_utf8(&buf, value);
	if (header == NULL || buf.failed)
		return ERR_MEMORY;
	json_set_str(j, header, value);
	return ERR_OK;
}

static enum err
echo_headers(struct ctx *ctx, struct json *j)
{
	enum err err = ERR_OK;

	for (char **p = ctx->request->fcgi->envp; *p != NULL && err == ERR_OK;
	    p++)
		err = echo_add(ctx, j, *p);
	return err;
}

enum err
echo_handle(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *headers CLEANUP_JSON = json_object_open();
	struct buf method = buf_in(ctx->arena), uri = buf_in(ctx->arena);
	enum err err;

	if (j == NULL || headers == NULL)
		return ERR_MEMORY;
	if ((err = echo_headers(ctx, headers)) != ERR_OK)
		return err;
	json_set_str(j, "method", echo_utf8(&method, ctx->request->method));
	json_set_str(j, "uri", echo_utf8(&uri, ctx->request->uri));
	json_set(j, "headers", headers);
	headers = NULL;
	if (method.failed || uri.failed)
		return ERR_MEMORY;
	return response_json(ctx->response, 200, j);
}
