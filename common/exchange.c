/* SPDX-License-Identifier: ISC */
#include "exchange.h"

#include <assert.h>
#include <fcgiapp.h>
#include <string.h>

#include "access.h"
#include "clock.h"
#include "log.h"
#include "problem.h"
#include "terms.h"

/* All memory that one request may use. */
#define EXCHANGE_ARENA ((size_t)256 * 1024)

/* One request on its way. */
struct exchange_turn {
	FCGX_Request fcgi;
	struct arena *arena;
	struct request request;
	struct response response;
	struct access access;
	struct ctx ctx;
	const struct route *route;	/* NULL if there is none for it */
	enum err err;			/* why, unless it has a route */
	struct str allow;		/* for ERR_METHOD_NOT_ALLOWED */
	int64_t start;			/* of clock_mono_us */
};

static enum err
exchange_turn_open(struct exchange_turn *t)
{
	/* No listening socket: libfcgi can never accept by itself. */
	if (FCGX_InitRequest(&t->fcgi, -1, 0) != 0)
		return ERR_INTERNAL;
	t->arena = arena_new(EXCHANGE_ARENA);
	return t->arena != NULL ? ERR_OK : ERR_MEMORY;
}

enum err
exchange_open(struct exchange *x, const struct serve_app *app)
{
	enum err err = ERR_OK;

	*x = (struct exchange){
		.app = app,
		.limit = app->batch > 1 ? app->batch : 1,
	};
	if (x->limit > ACCESS_BATCH)
		x->limit = ACCESS_BATCH;
	x->turns = calloc(x->limit, sizeof(*x->turns));
	if (x->turns == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < x->limit && err == ERR_OK; i++)
		err = exchange_turn_open(&x->turns[i]);
	return err;
}

void
exchange_close(struct exchange *x)
{
	for (size_t i = 0; x->turns != NULL && i < x->limit; i++)
		arena_free(x->turns[i].arena);
	free(x->turns);
	x->turns = NULL;
}

/* Whether the request has a route that asks who makes it. */
static bool
exchange_asks_who(const struct exchange_turn *t)
{
	return t->err == ERR_OK && t->route->need != ROUTE_NEEDS_NOTHING;
}

/* Whether the caller may use a route that asks. */
static enum err
exchange_admit(struct exchange_turn *t)
{
	enum err err = err_public(access_admit(&t->access, t->ctx.db,
	    &t->request));

	t->ctx.caller = &t->access.caller;
	t->ctx.verdict = err;
	if (t->route->need == ROUTE_NEEDS_VERDICT)
		return ERR_OK;
	if (err == ERR_OK && t->route->need == ROUTE_NEEDS_ADMIN &&
	    t->access.caller.record.role != ROLE_ADMIN)
		return ERR_ROLE_INSUFFICIENT;
	return err;
}

static void
exchange_refuse(struct exchange_turn *t, enum err err, struct str allow)
{
	const struct problem problem = {
		.err = err,
		.request_id = t->request.id,
		.api_host = access_api_host(t->ctx.caller, err),
		.retry_after = access_retry(t->ctx.caller, err),
	};
	bool head = t->response.head;

	/* Nothing of what a handler began with may remain. */
	response_init(&t->response, t->ctx.arena);
	t->response.head = head;
	problem_respond(&problem, t->ctx.config, &t->response);
	if (err == ERR_METHOD_NOT_ALLOWED)
		response_header(&t->response, "Allow", allow);
	terms_respond(t->ctx.caller, TERMS_PLAIN, &t->response);
	t->ctx.refused = err;
}

/* Makes the answer; what needs a key has been looked up. */
static void
exchange_make(const struct serve_app *app, struct exchange_turn *t)
{
	enum err err = t->err;

	if (err == ERR_OK && app->uses_database && t->ctx.db == NULL)
		err = ERR_MEMORY;
	if (err == ERR_OK && exchange_asks_who(t))
		err = exchange_admit(t);
	if (err == ERR_OK)
		err = t->route->handle(&t->ctx);
	if (err != ERR_OK)
		exchange_refuse(t, err_public(err), t->allow);
	else if (t->route->need != ROUTE_NEEDS_VERDICT)
		terms_respond(t->ctx.caller, TERMS_PLAIN, &t->response);
}

static void
exchange_log(const struct exchange_turn *t)
{
	const struct access_caller *caller = t->ctx.caller;
	bool known = caller != NULL && caller->found;
	bool refused = t->ctx.refused != ERR_OK || t->response.status >= 400;

	log_event(refused ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "request",
	    LOG_T("id", t->request.id),
	    LOG_S("route", t->route != NULL ? t->route->path : ""),
	    LOG_T("client", request_param(&t->request, "REMOTE_ADDR")),
	    LOG_T("host", request_param(&t->request, "SERVER_NAME")),
	    LOG_T("method", t->request.method),
	    LOG_I("status", t->response.status),
	    LOG_S("code", err_code(t->ctx.refused)),
	    LOG_I("account", known ? caller->record.account : 0),
	    LOG_S("key", known ? caller->record.key_id : ""),
	    LOG_I("us", clock_mono_us() - t->start));
}

/*
 * What FCGX_Finish_r does first: writes what is left. Its other half closes
 * the connection of a peer that does not read, after waiting for it for 2 s
 * and more.
 */
static bool
exchange_flush(FCGX_Request *fcgi)
{
	bool written = FCGX_FClose(fcgi->err) == 0;

	return FCGX_FClose(fcgi->out) == 0 && written;
}

/* The request that libfcgi has read, up to what the database must say. */
static void
exchange_prepare(struct exchange *x, struct exchange_turn *t,
    const struct settings *settings)
{
	t->start = clock_mono_us();
	t->ctx = (struct ctx){
		.config = settings->config,
		.arena = t->arena,
		.request = &t->request,
		.response = &t->response,
		.db = x->db,
		.verdict = ERR_INTERNAL,
		.now = clock_wall_us(),
	};
	request_open(&t->request, &t->fcgi);
	response_init(&t->response, t->arena);
	t->response.head = str_eq(t->request.method, STR("HEAD"));
	t->err = route_find(x->app->routes, x->app->route_count, &t->request,
	    t->arena, &t->route, &t->allow);
	if (exchange_asks_who(t))
		access_open(&t->access, &t->request, settings->config,
		    t->ctx.now);
}

/* Looks up the keys of all that need one. */
static void
exchange_look_up(struct exchange *x)
{
	struct access *all[ACCESS_BATCH];
	size_t n = 0;

	for (size_t i = 0; i < x->count; i++)
		if (exchange_asks_who(&x->turns[i]))
			all[n++] = &x->turns[i].access;
	if (x->db != NULL)
		access_look_up(all, n, x->db);
}

static bool
exchange_send(struct exchange *x, struct exchange_turn *t)
{
	bool sent;

	exchange_make(x->app, t);
	sent = response_send(&t->response, &t->request);
	/* Before the end is sent: what comes after it is another request. */
	request_drain(&t->request);
	sent = exchange_flush(&t->fcgi) && sent;
	exchange_log(t);
	request_wipe(&t->request);
	return sent;
}

bool
exchange_is_full(const struct exchange *x)
{
	return x->count == x->limit;
}

bool
exchange_begin(struct exchange *x, const struct settings *settings, int fd)
{
	struct exchange_turn *t = &x->turns[x->count];

	assert(x->count < x->limit);
	t->fcgi.ipcFd = fd;
	/* Without it FCGX_Accept_r closes the connection first. */
	t->fcgi.keepConnection = 1;
	if (FCGX_Accept_r(&t->fcgi) != 0) {
		/* It has closed the connection; it never should get here. */
		log_event(LOG_LEVEL_ERROR, "libfcgi_refused",
		    LOG_S("meaning", "frame_check let something through"));
		t->fcgi.ipcFd = -1;
		return false;
	}
	exchange_prepare(x, t, settings);
	x->count++;
	return true;
}

void
exchange_answer(struct exchange *x, bool *sent)
{
	exchange_look_up(x);
	for (size_t i = 0; i < x->count; i++) {
		struct exchange_turn *t = &x->turns[i];

		sent[i] = exchange_send(x, t);
		t->fcgi.ipcFd = -1;
		FCGX_Free(&t->fcgi, 0);
		arena_reset(t->arena);
		explicit_bzero(&t->access, sizeof(t->access));
	}
	x->count = 0;
}
