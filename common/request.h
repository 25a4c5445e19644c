/* SPDX-License-Identifier: ISC */
/*
 * request [layer 3]: a FastCGI request as views. Parameters without HTTP_ are
 * the web server's word, those with it are the client's. Where a name comes
 * twice the first counts.
 */
#ifndef HASP_REQUEST_H
#define HASP_REQUEST_H

#include <fcgiapp.h>

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

struct request {
	FCGX_Request *fcgi;	/* not owned */
	enum request_role role;
	struct str method;	/* ORIGINAL_METHOD, else REQUEST_METHOD */
	struct str uri;		/* ORIGINAL_URI, else REQUEST_URI: raw */
	struct str path;	/* SCRIPT_NAME or DOCUMENT_URI: what routes */
	struct str id;		/* REQUEST_ID: 1 to 64 of [0-9A-Za-z_-] */
	/*
	 * Where each parameter is in fcgi->envp, counted from 1; 0 ends a run
	 * of places. Those behind the first REQUEST_PLACED have none.
	 */
	uint8_t places[REQUEST_PLACES];
	char **others;
};

/* Fills OUT from FCGI, which must outlive it. */
void request_open(struct request *out, FCGX_Request *fcgi);

/* The parameter's value; "" if it is not there. NAME is exact. */
struct str request_param(const struct request *request, const char *name);

/* The same, telling an absent parameter from an empty one. */
bool request_find(const struct request *request, const char *name,
    struct str *out);

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

/* Overwrites every parameter value that may hold a credential. */
void request_wipe(const struct request *request);

#endif
