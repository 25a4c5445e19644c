/* SPDX-License-Identifier: ISC */
/*
 * route [layer 3]: which handler answers a request, as a table. 404 and 405
 * (with Allow) come from the table, too.
 */
#ifndef HASP_ROUTE_H
#define HASP_ROUTE_H

#include "arena.h"
#include "config.h"
#include "err.h"
#include "problem.h"
#include "request.h"
#include "response.h"

struct db;
struct access_caller;
struct session;

/* Parts of a path that a route leaves open, at most. */
#define ROUTE_PARAMS_MAX 2

/* What a handler gets; nothing of it outlives the request. */
struct ctx {
	const struct config *config;
	struct arena *arena;
	const struct request *request;
	struct response *response;
	struct db *db;			/* the thread's own connection */
	struct str params[ROUTE_PARAMS_MAX];	/* open parts of the path */
	/* Set if the route needs a key or a verdict, and no session came. */
	const struct access_caller *caller;
	const struct session *session;	/* who is signed in, or NULL */
	enum err verdict;		/* for ROUTE_NEEDS_VERDICT */
	int64_t now;			/* clock_wall_us at the start */
	/*
	 * Why, if a handler returns ERR_OK but its response refuses (a check
	 * that is folded for nginx): for the log alone.
	 */
	enum err refused;
	/*
	 * What a handler that returns an error has to add to the problem: its
	 * err, request id and host are filled in by the server.
	 */
	struct problem problem;
};

enum route_need {
	ROUTE_NEEDS_NOTHING,	/* no key */
	ROUTE_NEEDS_VERDICT,	/* the handler gets ctx->verdict, either way */
	ROUTE_NEEDS_KEY,	/* a valid key of any role */
	ROUTE_NEEDS_MEMBER,	/* a session */
	ROUTE_NEEDS_CALLER,	/* a key of any role, or a session */
	/* An admin key of no app, or a member who may administer. */
	ROUTE_NEEDS_ADMIN,
};

struct route {
	const char *method;	/* "*" takes every method; GET takes HEAD */
	/*
	 * ROUTE_CHECK, ROUTE_ANY, or a path; a {part} of it is open: any bytes
	 * but '/', at least one. The first row that fits counts.
	 */
	const char *path;
	enum route_need need;
	/* ERR_OK: it has filled the response. Else the server refuses. */
	enum err (*handle)(struct ctx *ctx);
};

/*
 * The pseudo path of a request that asks for a verdict: one in the role
 * AUTHORIZER, or with the server's parameter HASP_ACTION=check.
 */
#define ROUTE_CHECK "(check)"

/* The pseudo path of a last row that takes what is left. */
#define ROUTE_ANY "(any)"

/* Whether REQUEST is one of those. */
static inline bool
route_is_check(const struct request *request)
{
	return request->role == REQUEST_AUTHORIZER ||
	    str_eq(request_param(request, "HASP_ACTION"), STR("check"));
}

struct route_match {
	const struct route *route;		/* NULL if there is none */
	struct str params[ROUTE_PARAMS_MAX];	/* views into the request */
	struct str allow;	/* of ERR_METHOD_NOT_ALLOWED: what there is */
};

/*
 * The row for REQUEST in the COUNT rows at ROUTES. ERR_NOT_FOUND,
 * ERR_METHOD_NOT_ALLOWED, or ERR_SITE_MISCONFIGURED if HASP_ACTION is neither
 * absent, empty nor "check".
 */
enum err route_find(const struct route *routes, size_t count,
    const struct request *request, struct arena *arena,
    struct route_match *out) MUST_CHECK;

#endif
