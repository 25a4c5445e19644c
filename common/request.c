/* SPDX-License-Identifier: ISC */
#include "request.h"

#include <fastcgi.h>
#include <string.h>

#include "buf.h"

#define REQUEST_ID_MAX 64u
#define REQUEST_CHUNK 4096

/* Takes a parameter that libfcgi keeps as TEXT; false if it is none. */
static bool
request_split(char *text, struct request_placed *out)
{
	const char *end = strchr(text, '=');

	if (end == NULL)
		return false;
	out->name = (struct str){ text, (size_t)(end - text) };
	out->value = str_of(end + 1);
	return true;
}

/* Gives each parameter a place, so that none is searched for. */
static void
request_index(struct request *request)
{
	char **p = request->fcgi->envp;
	uint8_t n = 0;

	memset(request->places, 0, sizeof(request->places));
	for (; n < REQUEST_PLACED && *p != NULL; p++) {
		size_t at;

		if (!request_split(*p, &request->placed[n]))
			continue;
		at = request_place(request->placed[n].name);
		while (request->places[at] != 0)
			at = (at + 1) % REQUEST_PLACES;
		request->places[at] = ++n;
	}
	request->placed_count = n;
	request->others = p;
}

/* Searches for NAME among those that have no place. */
static bool
request_find_other(const struct request *request, struct str name,
    struct str *out)
{
	struct request_placed other;

	for (char **p = request->others; *p != NULL; p++)
		if (request_split(*p, &other) && str_eq(other.name, name)) {
			*out = other.value;
			return true;
		}
	*out = STR("");
	return false;
}

bool
request_find_from(const struct request *request, struct str name,
    size_t place, struct str *out)
{
	size_t at = place;

	/* Of two with one name the first was given its place first. */
	for (; request->places[at] != 0; at = (at + 1) % REQUEST_PLACES) {
		const struct request_placed *one =
		    &request->placed[request->places[at] - 1];

		if (one->name.len == name.len &&
		    memcmp(one->name.ptr, name.ptr, name.len) == 0) {
			*out = one->value;
			return true;
		}
	}
	return request_find_other(request, name, out);
}

static bool
request_is_id(struct str s)
{
	static const bool bytes[UCHAR_MAX + 1] = {
		['0' ... '9'] = true, ['A' ... 'Z'] = true,
		['a' ... 'z'] = true, ['_'] = true, ['-'] = true,
	};

	return s.len > 0 && s.len <= REQUEST_ID_MAX && str_all_in(s, bytes);
}

void
request_open(struct request *out, FCGX_Request *fcgi)
{
	out->fcgi = fcgi;
	request_index(out);
	out->role = fcgi->role == FCGI_AUTHORIZER ? REQUEST_AUTHORIZER :
	    REQUEST_RESPONDER;
	/* The first that is there at all, empty or not. */
	if (!request_find(out, "ORIGINAL_METHOD", &out->method))
		out->method = request_param(out, "REQUEST_METHOD");
	if (!request_find(out, "ORIGINAL_URI", &out->uri))
		out->uri = request_param(out, "REQUEST_URI");
	if (!request_find(out, "DOCUMENT_URI", &out->path))
		out->path = request_param(out, "SCRIPT_NAME");
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

static void
request_wipe_value(struct request_placed *one)
{
	/* It is libfcgi's memory, which may be written to. */
	explicit_bzero((char *)(uintptr_t)one->value.ptr, one->value.len);
	one->value.len = 0;
}

void
request_wipe(struct request *request)
{
	struct request_placed other;

	/*
	 * All of them: a key turns up in the strangest headers, and a list of
	 * names would have to know every one.
	 */
	for (uint8_t i = 0; i < request->placed_count; i++)
		request_wipe_value(&request->placed[i]);
	for (char **p = request->others; *p != NULL; p++)
		if (request_split(*p, &other))
			request_wipe_value(&other);
}
