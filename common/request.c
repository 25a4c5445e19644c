/* SPDX-License-Identifier: ISC */
#include "request.h"

#include <fastcgi.h>
#include <string.h>

#include "buf.h"

#define REQUEST_ID_MAX 64u
#define REQUEST_CHUNK 4096

/*
 * Where to begin to look for NAME. Not a good hash, a quick one: a request has
 * some 25 parameters, is asked for as many, and has few with one beginning.
 */
static size_t
request_place(struct str name)
{
	const unsigned char *p = (const unsigned char *)name.ptr;

	if (name.len == 0)
		return 0;
	return (name.len * 5 + p[name.len - 1] * 7u + p[name.len / 2] * 17u +
	    p[name.len / 3] * 3u) % REQUEST_PLACES;
}

/* Gives each parameter a place, so that none is searched for. */
static void
request_index(struct request *request)
{
	char **p = request->fcgi->envp;

	memset(request->places, 0, sizeof(request->places));
	for (uint8_t n = 1; n <= REQUEST_PLACED && *p != NULL; n++, p++) {
		const char *end = strchr(*p, '=');
		size_t at;

		if (end == NULL)
			continue;
		at = request_place((struct str){ *p, (size_t)(end - *p) });
		while (request->places[at] != 0)
			at = (at + 1) % REQUEST_PLACES;
		request->places[at] = n;
	}
	request->others = p;
}

bool
request_find(const struct request *request, const char *name, struct str *out)
{
	const struct str wanted = str_of(name);
	size_t at = request_place(wanted);
	const char *value = NULL;

	/* Of two with one name the first was given its place first. */
	for (; request->places[at] != 0; at = (at + 1) % REQUEST_PLACES) {
		value = request->fcgi->envp[request->places[at] - 1];
		if (strncmp(value, name, wanted.len) == 0 &&
		    value[wanted.len] == '=') {
			*out = str_of(value + wanted.len + 1);
			return true;
		}
	}
	value = FCGX_GetParam(name, request->others);
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
	request_index(out);
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
	size_t n;

	do {
		n = request_read(request, chunk, REQUEST_CHUNK);
		/* Nothing, of most: each request comes here. */
		explicit_bzero(chunk, n);
	} while (n == REQUEST_CHUNK);
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
