/* SPDX-License-Identifier: ISC */
#include "request.h"

#include <fastcgi.h>
#include <string.h>

#include "buf.h"

#define REQUEST_ID_MAX 64u
#define REQUEST_CHUNK 4096

bool
request_find(const struct request *request, const char *name, struct str *out)
{
	const char *value = FCGX_GetParam(name, request->fcgi->envp);

	*out = str_of(value);
	return value != NULL;
}

struct str
request_param(const struct request *request, const char *name)
{
	struct str value;

	(void)request_find(request, name, &value);
	return value;
}

/* The first of two names that is there at all, empty or not. */
static struct str
request_either(const struct request *request, const char *first,
    const char *second)
{
	struct str value;

	if (request_find(request, first, &value))
		return value;
	return request_param(request, second);
}

static bool
request_is_id(struct str s)
{
	if (s.len == 0 || s.len > REQUEST_ID_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || c == '_' || c == '-'))
			return false;
	}
	return true;
}

void
request_open(struct request *out, FCGX_Request *fcgi)
{
	out->fcgi = fcgi;
	out->role = fcgi->role == FCGI_AUTHORIZER ? REQUEST_AUTHORIZER :
	    REQUEST_RESPONDER;
	out->method = request_either(out, "ORIGINAL_METHOD", "REQUEST_METHOD");
	out->uri = request_either(out, "ORIGINAL_URI", "REQUEST_URI");
	out->path = request_either(out, "DOCUMENT_URI", "SCRIPT_NAME");
	out->id = request_param(out, "REQUEST_ID");
	if (!request_is_id(out->id))
		out->id = STR("");
}

size_t
request_read(const struct request *request, char *room, size_t size)
{
	int n;

	if (request->role == REQUEST_AUTHORIZER)
		return 0;
	n = FCGX_GetStr(room, (int)size, request->fcgi->in);
	return n > 0 ? (size_t)n : 0;
}

enum err
request_body(const struct request *request, struct arena *arena,
    struct str *out)
{
	struct buf body = buf_in(arena);
	char chunk[REQUEST_CHUNK];
	size_t n;

	do {
		n = request_read(request, chunk, REQUEST_CHUNK);
		buf_add(&body, (struct str){ chunk, n });
	} while (n == REQUEST_CHUNK && !body.failed);
	explicit_bzero(chunk, sizeof(chunk));
	*out = buf_str(&body);
	return body.failed ? ERR_MEMORY : ERR_OK;
}

void
request_drain(const struct request *request)
{
	char chunk[REQUEST_CHUNK];

	while (request_read(request, chunk, REQUEST_CHUNK) == REQUEST_CHUNK)
		continue;
	explicit_bzero(chunk, sizeof(chunk));
}

void
request_wipe(const struct request *request)
{
	char *value;

	/*
	 * All of them: a key turns up in the strangest headers, and a list of
	 * names would have to know every one.
	 */
	for (char **p = request->fcgi->envp; *p != NULL; p++)
		if ((value = strchr(*p, '=')) != NULL)
			explicit_bzero(value + 1, strlen(value + 1));
}
