/* SPDX-License-Identifier: ISC */
/*
 * frame [layer 2]: whether bytes that were peeked from a connection are one
 * whole FastCGI request (FastCGI Specification 1.0). libfcgi trusts its peer:
 * management records smash its stack, lengths overflow, a missing byte blocks
 * a thread. So nothing reaches it that is not whole and passed here. Pure.
 */
#ifndef HASP_FRAME_H
#define HASP_FRAME_H

#include "base.h"

/* Bytes that the names, values and lengths of one request may have. */
#define FRAME_PARAMS_MAX ((size_t)65536)

/* Bytes that all record headers and paddings of one request may have. */
#define FRAME_OVERHEAD_MAX ((size_t)16384)

/* The roles that are served; the numbers are those of the protocol. */
enum frame_role {
	FRAME_RESPONDER = 1,
	FRAME_AUTHORIZER = 2,
};

enum frame_state {
	FRAME_INCOMPLETE,	/* good so far */
	FRAME_COMPLETE,		/* one whole request and nothing after it */
	FRAME_BAD,		/* can never become one: close the connection */
};

struct frame {
	/*
	 * INCOMPLETE: the fewest bytes, more than were given, that may make
	 * it whole: no need to look again before. COMPLETE: all of them.
	 */
	size_t length;
	/* COMPLETE only: */
	enum frame_role role;
	bool keep;		/* the connection may carry another request */
	/* BAD only: one word for the log, of a fixed set. */
	const char *fault;
};

/*
 * Looks at LEN bytes at DATA from the start of a request. A RESPONDER's
 * STDIN may carry BODY_LIMIT bytes. Web servers send an AUTHORIZER no STDIN
 * or an empty one; either is whole, and KEEP is never set for it, as the empty
 * one might arrive later. Padding after BEGIN_REQUEST or the last PARAMS, which
 * no web server sends, is refused: libfcgi would take it for a header. Takes
 * time in proportion to LEN.
 */
enum frame_state frame_check(const void *data, size_t len, size_t body_limit,
    struct frame *out) MUST_CHECK;

/* Bytes to peek so that a request of any size allowed, or more, is seen. */
size_t frame_room(size_t body_limit);

#endif
