/* SPDX-License-Identifier: ISC */
/*
 * response [layer 3]: one buffer, `Status:` first, one write. A web server
 * takes an answer without Status for permission, so nothing is written until
 * the status is known and the whole answer is made; whatever fails on the way
 * becomes a fixed 503. An answer that no memory holds is sent in pieces; one
 * that breaks off is never ended, so that it cannot be taken for whole.
 */
#ifndef HASP_RESPONSE_H
#define HASP_RESPONSE_H

#include <sys/time.h>

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
	bool streams;		/* but by response_piece */
	bool broken;		/* and it can never be ended */
	struct timeval patience;	/* of the peer, when it began */
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
 * Sends status and headers to REQUEST; the body is what response_piece adds,
 * nothing if the method is HEAD. From here on an error of the handler breaks
 * the answer off. A peer may read nothing for 30 s. ERR_MEMORY, ERR_INTERNAL:
 * nothing was sent; ERR_SYSTEM: the peer is gone.
 */
enum err response_stream(struct response *response,
    const struct request *request) MUST_CHECK;

/*
 * Adds PIECE to what is sent; FLUSH: it does not wait for more. ERR_SYSTEM: the
 * peer is gone.
 */
enum err response_piece(struct response *response,
    const struct request *request, struct str piece, bool flush) MUST_CHECK;

/*
 * Writes it to REQUEST, once; STATUS is then what was really sent. To an
 * AUTHORIZER a 200 goes without body and with no headers but Variable-...
 * Content-Length is added here. False if the peer is gone, or if
 * it was sent in pieces and some are missing: the request must not be ended
 * then, and the connection be closed.
 */
bool response_send(struct response *response, const struct request *request);

#endif
