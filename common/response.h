/* SPDX-License-Identifier: ISC */
/*
 * response [layer 3]: one buffer, `Status:` first, one write. A web server
 * takes an answer without Status for permission, so nothing is written until
 * the status is known and the whole answer is made; whatever fails on the way
 * becomes a fixed 503.
 */
#ifndef HASP_RESPONSE_H
#define HASP_RESPONSE_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "json.h"
#include "request.h"

struct response {
	struct arena *arena;
	int status;		/* 0 until response_status */
	struct buf headers;	/* whole lines, CRLF each */
	struct buf body;
	bool head;		/* the method is HEAD: the body is not sent */
	bool bad;		/* a header was not acceptable */
	bool sent;		/* nothing more can be said */
};

void response_init(struct response *out, struct arena *arena);

void response_status(struct response *response, int http);

/*
 * Adds a header. A VALUE with a control byte makes the whole answer a 503:
 * nothing of the client's can end a line.
 */
void response_header(struct response *response, const char *name,
    struct str value);

/* The body and its type. */
void response_body(struct response *response, const char *type,
    struct str body);

/*
 * Makes RESPONSE the whole answer HTTP with the body JSON, which nobody may
 * keep. ERR_MEMORY, with nothing added to it.
 */
enum err response_json(struct response *response, int http,
    const struct json *json) MUST_CHECK;

/*
 * Writes it to REQUEST, once; STATUS is then what was really sent. To an
 * AUTHORIZER a 200 goes without body and with no headers but Variable-...
 * Content-Length is added here. False if the peer is gone.
 */
bool response_send(struct response *response, const struct request *request);

#endif
