/* SPDX-License-Identifier: ISC */
/*
 * request [layer 3]: a FastCGI request as views. Parameters without HTTP_ are
 * the web server's word, those with it are the client's. Where a name comes
 * twice the first counts.
 */
#ifndef HASP_REQUEST_H
#define HASP_REQUEST_H

#include <fcgiapp.h>
#include <string.h>

#include "arena.h"
#include "err.h"
#include "str.h"

enum request_role {
	REQUEST_RESPONDER,
	REQUEST_AUTHORIZER,
};

/* Places of parameters by their name; a third of them may stay free. */
#define REQUEST_PLACES 128
#define REQUEST_PLACED 84

struct request_placed {
	struct str name, value;
};

struct request {
	FCGX_Request *fcgi;	/* not owned */
	enum request_role role;
	struct str method;	/* ORIGINAL_METHOD, else REQUEST_METHOD */
	struct str uri;		/* ORIGINAL_URI, else REQUEST_URI: raw */
	struct str path;	/* SCRIPT_NAME or DOCUMENT_URI: what routes */
	struct str id;		/* REQUEST_ID: 1 to 64 of [0-9A-Za-z_-] */
	/*
	 * The first parameters, in their order, and where each is among them,
	 * counted from 1; 0 ends a run of places. OTHERS have no place.
	 */
	struct request_placed placed[REQUEST_PLACED];
	uint8_t placed_count;
	uint8_t places[REQUEST_PLACES];
	char **others;
};

/* Fills OUT from FCGI, which must outlive it. */
void request_open(struct request *out, FCGX_Request *fcgi);

/*
 * Where to begin to look for NAME. Not a good hash, a quick one: a request has
 * some 25 parameters, is asked for as many, and has few with one beginning.
 */
static inline size_t
request_place(struct str name)
{
	const unsigned char *p = (const unsigned char *)name.ptr;

	if (name.len == 0)
		return 0;
	return (name.len * 5 + p[name.len - 1] * 7u + p[name.len / 2] * 17u +
	    p[name.len / 3] * 3u) % REQUEST_PLACES;
}

/* request_find, given that NAME's place is PLACE. */
bool request_find_from(const struct request *request, struct str name,
    size_t place, struct str *out);

/*
 * Whether the parameter NAME, which is exact, is there; OUT gets its value, ""
 * if not. Inline, so that the compiler finds the place of a constant name.
 */
static inline bool
request_find(const struct request *request, const char *name, struct str *out)
{
	const struct str wanted = { name, strlen(name) };

	return request_find_from(request, wanted, request_place(wanted), out);
}

/* The same for who need not tell an absent parameter from an empty one. */
static inline struct str
request_param(const struct request *request, const char *name)
{
	struct str value;

	(void)request_find(request, name, &value);
	return value;
}

/*
 * The whole body into ARENA; it has arrived and is within the program's
 * limit. ERR_MEMORY.
 */
enum err request_body(const struct request *request, struct arena *arena,
    struct str *out) MUST_CHECK;

/*
 * The next bytes of the body, at most SIZE (up to INT_MAX), into ROOM; how
 * many. Fewer than SIZE: that was all of it. None in the role AUTHORIZER.
 */
size_t request_read(const struct request *request, char *room, size_t size);

/* Reads what is left of the body (never in the role AUTHORIZER). */
void request_drain(const struct request *request);

/* Overwrites every parameter value that may hold a credential: all are "". */
void request_wipe(struct request *request);

#endif
