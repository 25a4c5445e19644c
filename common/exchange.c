/* SPDX-License-Identifier: ISC */
#include "exchange.h"

#include "access.h"
#include "clock.h"
#include "log.h"
#include "problem.h"

/* All memory that one request may use. */
#define EXCHANGE_ARENA ((size_t)256 * 1024)

/* One request on its way. */
struct exchange_turn {
	struct request request;
	struct response response;
	struct access_caller caller;
	struct ctx ctx;
	const struct route *route;	/* NULL if there is none for it */
	int64_t start;			/* of clock_mono_us */
};

enum err
exchange_open(struct exchange *x, const struct serve_app *app)
{
	*x = (struct exchange){ .app = app };
	/* No listening socket: libfcgi can never accept by itself. */
	if (FCGX_InitRequest(&x->fcgi, -1, 0) != 0)
		return ERR_INTERNAL;
	x->arena = arena_new(EXCHANGE_ARENA);
	return x->arena != NULL ? ERR_OK : ERR_MEMORY;
}

void
exchange_close(struct exchange *x)
{
	arena_free(x->arena);
	x->arena = NULL;
}

/* Whether the caller may use a route that needs a key. */
static enum err
exchange_admit(struct exchange_turn *t)
{
	enum err err;

	t->ctx.caller = &t->caller;
	err = access_check(&t->request, t->ctx.config, t->ctx.db, t->ctx.now,
	    &t->caller);
	if (err != ERR_OK)
		return err;
	if (t->route->need == ROUTE_NEEDS_ADMIN &&
	    t->caller.record.role != ROLE_ADMIN)
		return ERR_ROLE_INSUFFICIENT;
	return ERR_OK;
}

static void
exchange_refuse(struct exchange_turn *t, enum err err, struct str allow)
{
	const struct access_caller *caller = t->ctx.caller;
	struct problem problem = { .err = err, .request_id = t->request.id };
	bool head = t->response.head;

	if (err == ERR_WRONG_REGION && caller != NULL && caller->found)
		problem.api_host = str_of(caller->record.api_host);
	/* Nothing of what a handler began with may remain. */
	response_init(&t->response, t->ctx.arena);
	t->response.head = head;
	problem_respond(&problem, t->ctx.config, &t->response);
	if (err == ERR_METHOD_NOT_ALLOWED)
		response_header(&t->response, "Allow", allow);
	t->ctx.refused = err;
}

/* Makes the answer. */
static void
exchange_answer(const struct serve_app *app, struct exchange_turn *t)
{
	struct str allow;
	enum err err;

	err = route_find(app->routes, app->route_count, &t->request,
	    t->ctx.arena, &t->route, &allow);
	if (err == ERR_OK && app->uses_database && t->ctx.db == NULL)
		err = ERR_MEMORY;
	if (err == ERR_OK && t->route->need != ROUTE_NEEDS_NOTHING)
		err = exchange_admit(t);
	if (err == ERR_OK)
		err = t->route->handle(&t->ctx);
	if (err != ERR_OK)
		exchange_refuse(t, err, allow);
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

/* The request that libfcgi has read, from parameters to answer. */
static bool
exchange_serve(struct exchange *x, const struct settings *settings)
{
	struct exchange_turn t = {
		.ctx = {
			.config = settings->config,
			.arena = x->arena,
			.db = x->db,
			.now = clock_wall_us(),
		},
		.start = clock_mono_us(),
	};
	bool sent;

	t.ctx.request = &t.request;
	t.ctx.response = &t.response;
	request_open(&t.request, &x->fcgi);
	response_init(&t.response, x->arena);
	t.response.head = str_eq(t.request.method, STR("HEAD"));
	exchange_answer(x->app, &t);
	sent = response_send(&t.response, &t.request);
	/* Before the end is sent: what comes after it is another request. */
	request_drain(&t.request);
	sent = exchange_flush(&x->fcgi) && sent;
	exchange_log(&t);
	request_wipe(&t.request);
	return sent;
}

enum exchange_end
exchange_run(struct exchange *x, const struct settings *settings, int fd)
{
	bool sent;

	x->fcgi.ipcFd = fd;
	/* Without it FCGX_Accept_r closes the connection first. */
	x->fcgi.keepConnection = 1;
	if (FCGX_Accept_r(&x->fcgi) != 0) {
		/* It has closed the connection; it never should get here. */
		log_event(LOG_LEVEL_ERROR, "libfcgi_refused",
		    LOG_S("meaning", "frame_check let something through"));
		x->fcgi.ipcFd = -1;
		return EXCHANGE_CLOSED;
	}
	sent = exchange_serve(x, settings);
	x->fcgi.ipcFd = -1;
	FCGX_Free(&x->fcgi, 0);
	arena_reset(x->arena);
	return sent ? EXCHANGE_DONE : EXCHANGE_BROKEN;
}
