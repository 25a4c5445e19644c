/* SPDX-License-Identifier: ISC */
#include "exchange.h"

#include <assert.h>
#include <fcgiapp.h>
#include <string.h>

#include "access.h"
#include "clock.h"
#include "log.h"
#include "metrics.h"
#include "origin.h"
#include "problem.h"
#include "session.h"
#include "terms.h"
#include "trace.h"
#include "turn.h"

/* Answers that are made before it is given up that one holds. */
#define EXCHANGE_TRIES 3

enum err
exchange_open(struct exchange *x, struct exchange_pool *pool, size_t limit,
    bool leaves)
{
	enum err err = ERR_OK;

	assert(limit >= 1 && limit <= SERVE_BATCH_MAX);
	*x = (struct exchange){
		.pool = pool,
		.limit = limit,
		.leaves = leaves,
	};
	for (size_t i = 0; i < limit && err == ERR_OK; i++)
		err = turn_take(pool, &x->turns[i]);
	return err;
}

/* Whom a route takes. */
static const struct {
	bool asks;	/* who it is */
	bool key;
	bool session;
	bool admin;	/* and only if they may administer */
} exchange_needs[] = {
	[ROUTE_NEEDS_NOTHING] = { .asks = false },
	[ROUTE_NEEDS_VERDICT] = { .asks = true, .key = true },
	[ROUTE_NEEDS_KEY] = { .asks = true, .key = true },
	[ROUTE_NEEDS_MEMBER] = { .asks = true, .session = true },
	[ROUTE_NEEDS_CALLER] = { .asks = true, .key = true, .session = true },
	[ROUTE_NEEDS_ADMIN] = { .asks = true, .key = true, .session = true,
	    .admin = true },
};

/* Whether the request has a route that asks who makes it. */
static bool
exchange_asks_who(const struct exchange_turn *t)
{
	return t->err == ERR_OK && exchange_needs[t->match.route->need].asks;
}

/*
 * Whether the caller is to be known by a session: a route that takes one, and
 * nothing that may be a key. What is sent on purpose counts before the cookie.
 */
static bool
exchange_by_session(const struct exchange_turn *t)
{
	enum route_need need = t->match.route->need;

	if (!exchange_needs[need].key)
		return true;
	return exchange_needs[need].session &&
	    request_param(&t->request, "HTTP_AUTHORIZATION").len == 0 &&
	    session_is_sent(&t->request);
}

/* Whether its key is to be looked at. */
static bool
exchange_asks_key(const struct exchange_turn *t)
{
	return exchange_asks_who(t) && !exchange_by_session(t);
}

/*
 * Whether it cannot be answered without the database. The one place that
 * decides which requests wait and which are answered at once.
 */
static bool
exchange_waits(const struct exchange_turn *t)
{
	if (!t->app->uses_database || t->err != ERR_OK)
		return false;
	/* Where people may come in, too, handlers ask it themselves. */
	if (!exchange_asks_key(t) ||
	    exchange_needs[t->match.route->need].session)
		return true;
	return t->access.err == ERR_OK && !t->access.caller.found;
}

static enum err
exchange_admit_key(struct exchange_turn *t)
{
	enum route_need need = t->match.route->need;
	enum err err = err_public(access_admit(&t->access, t->ctx.db,
	    &t->request));

	t->ctx.caller = &t->access.caller;
	t->ctx.verdict = err;
	if (need == ROUTE_NEEDS_VERDICT)
		return ERR_OK;
	/* Whatever it made would outlive the connection that it ends with. */
	if (err == ERR_OK && exchange_needs[need].admin &&
	    t->access.caller.record.kind == DECISION_APP_TOKEN)
		return ERR_APP_TOKEN_REFUSED;
	if (err == ERR_OK && exchange_needs[need].admin &&
	    t->access.caller.record.role != ROLE_ADMIN)
		return ERR_ROLE_INSUFFICIENT;
	return err;
}

static enum err
exchange_admit_session(struct exchange_turn *t)
{
	bool key = request_param(&t->request, "HTTP_AUTHORIZATION").len > 0;
	enum err err;

	/* A key where a person is wanted. */
	if (key && !session_is_sent(&t->request))
		return ERR_SESSION_REQUIRED;
	err = session_open(&t->session, &t->request, t->arena, t->ctx.db);
	if (err == ERR_WRONG_REGION)
		t->ctx.problem.api_host = str_of(t->session.row.api_host);
	if (err != ERR_OK)
		return err;
	t->ctx.session = &t->session;
	if (exchange_needs[t->match.route->need].admin &&
	    !t->session.row.may_administer)
		return ERR_ADMIN_REQUIRED;
	return ERR_OK;
}

/*
 * Whether the caller may use the route. Where people change things, no page of
 * another site may, whatever its browser sends along: it keeps Basic
 * credentials, too.
 */
static enum err
exchange_admit(struct exchange_turn *t)
{
	if (exchange_needs[t->match.route->need].session &&
	    !origin_is_safe_method(t->request.method) &&
	    origin_is_foreign(&t->request))
		return ERR_CROSS_SITE;
	if (!exchange_asks_who(t))
		return ERR_OK;
	return exchange_by_session(t) ? exchange_admit_session(t) :
	    exchange_admit_key(t);
}

/* Whether a browser's script asks, and not a program. */
static bool
exchange_is_browser(const struct exchange_turn *t)
{
	return request_param(&t->request, "HTTP_SEC_FETCH_SITE").len > 0 ||
	    session_is_sent(&t->request) || (t->match.route != NULL &&
	    t->match.route->need == ROUTE_NEEDS_MEMBER);
}

static void
exchange_refuse(struct exchange_turn *t, enum err err)
{
	struct problem problem = t->ctx.problem;
	bool head = t->response.head;

	t->ctx.refused = err;
	if (t->response.streams) {
		/* It has begun as another answer and cannot become this. */
		t->response.broken = true;
		return;
	}
	problem.err = err;
	problem.request_id = t->request.id;
	if (problem.api_host.len == 0)
		problem.api_host = access_api_host(t->ctx.caller, err);
	if (problem.retry_after == 0)
		problem.retry_after = access_retry(t->ctx.caller, err);
	problem.browser = problem.browser || exchange_is_browser(t);
	/* Nothing of what a handler began with may remain. */
	response_init(&t->response, t->ctx.arena);
	t->response.head = head;
	problem_respond(&problem, t->ctx.config, &t->response);
	if (err == ERR_METHOD_NOT_ALLOWED)
		response_header(&t->response, "Allow", t->match.allow);
	terms_respond(t->ctx.caller, TERMS_PLAIN, &t->response);
}

/*
 * Notes in the journal that the key came to ERR, which it returns unless
 * nothing may happen that is not noted.
 */
static enum err
exchange_note(const struct exchange_turn *t, enum err err)
{
	enum err noted = ERR_OK;

	if (exchange_asks_key(t))
		noted = trace_append(&t->access, &t->request,
		    err_public(err));
	return noted == ERR_OK ? err : noted;
}

/* Makes the answer; what needs a key has been looked up. */
static void
exchange_make(struct exchange_turn *t)
{
	enum err err = t->err;

	if (t->ctx.db == NULL && exchange_waits(t))
		err = ERR_MEMORY;
	if (err == ERR_OK)
		err = exchange_admit(t);
	/* Before anything is changed, which could not be taken back. */
	if (!t->app->verifies)
		err = exchange_note(t, err);
	if (err == ERR_OK)
		err = t->match.route->handle(&t->ctx);
	if (err != ERR_OK)
		exchange_refuse(t, err_public(err));
	else if (t->match.route->need != ROUTE_NEEDS_VERDICT)
		terms_respond(t->ctx.caller, TERMS_PLAIN, &t->response);
}

void
exchange_look_up(struct exchange_turn *const *turns, size_t count,
    struct db *db)
{
	struct access *all[ACCESS_BATCH];
	size_t n = 0;

	assert(count <= ACCESS_BATCH);
	for (size_t i = 0; i < count; i++) {
		turns[i]->ctx.db = db;
		if (exchange_asks_key(turns[i]))
			all[n++] = &turns[i]->access;
	}
	if (db != NULL)
		access_look_up(all, n, db);
}

/* Whether the answer that was made may be given. */
static bool
exchange_holds(const struct exchange_turn *t)
{
	/* What is sent in pieces has begun to go out. */
	return !exchange_asks_key(t) || t->ctx.verdict != ERR_OK ||
	    t->response.streams || access_holds(&t->access, t->start);
}

/* Back to where the key had not been looked up. */
static void
exchange_forget(struct exchange_turn *t, enum err err)
{
	bool head = t->response.head;

	response_init(&t->response, t->arena);
	t->response.head = head;
	t->ctx.caller = NULL;
	t->ctx.refused = ERR_OK;
	access_forget(&t->access, err);
}

/*
 * Makes the answer, anew if what it rests on has changed meanwhile. False: it
 * has to wait for the database after all.
 */
static bool
exchange_decide(struct exchange_turn *t)
{
	for (int i = 0; i < EXCHANGE_TRIES; i++) {
		exchange_make(t);
		if (exchange_holds(t))
			return true;
		exchange_forget(t, ERR_OK);
		if (t->ctx.db == NULL)
			return false;
		exchange_look_up(&t, 1, t->ctx.db);
	}
	exchange_forget(t, ERR_CHECK_UNREACHABLE);
	exchange_make(t);
	return true;
}

/*
 * exchange_decide, and the journal knows of it before anybody sees it. Checks
 * change nothing, so that they are noted when it is certain what they come to.
 */
static bool
exchange_settle(struct exchange_turn *t)
{
	bool full;

	if (!exchange_decide(t))
		return false;
	if (!t->app->verifies)
		return true;
	full = exchange_note(t, t->ctx.refused) == ERR_JOURNAL_FULL;
	/* The disk may have taken its time. */
	if (!full && exchange_holds(t))
		return true;
	exchange_forget(t, full ? ERR_JOURNAL_FULL : ERR_CHECK_UNREACHABLE);
	exchange_make(t);
	return true;
}

/* Counts the answer, which is made but has not gone out whole. */
static void
exchange_count(const struct exchange_turn *t)
{
	enum err err = err_public(t->ctx.refused);

	/* What could not be sent as it was made. */
	if (err == ERR_OK && t->response.status >= 500)
		err = ERR_INTERNAL;
	if (t->app->uncounted)
		return;
	metrics_add(METRICS_REQUESTS, err, 1);
	metrics_observe(METRICS_REQUEST_DURATION, clock_boot_us() - t->start);
}

static void
exchange_log(const struct exchange_turn *t)
{
	const struct access_caller *caller = t->ctx.caller;
	const struct route *route = t->match.route;
	bool known = caller != NULL && caller->found;
	bool person = t->ctx.session != NULL;
	bool refused = t->ctx.refused != ERR_OK || t->response.status >= 400;

	log_event(refused ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "request",
	    LOG_T("id", t->request.id),
	    LOG_S("route", route != NULL ? route->path : ""),
	    LOG_T("client", request_param(&t->request, "REMOTE_ADDR")),
	    LOG_T("host", request_param(&t->request, "SERVER_NAME")),
	    LOG_T("method", t->request.method),
	    LOG_I("status", t->response.status),
	    LOG_S("code", err_code(t->ctx.refused)),
	    LOG_I("account", known ? caller->record.account :
	    person ? t->session.row.account : 0),
	    LOG_S("key", known ? caller->record.key_id : ""),
	    LOG_I("member", person ? t->session.row.member : 0),
	    LOG_I("us", clock_boot_us() - t->start));
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
exchange_prepare(struct exchange_turn *t, const struct settings *settings)
{
	const struct serve_app *app = t->app;

	t->start = clock_boot_us();
	t->ctx = (struct ctx){
		.config = settings->config,
		.arena = t->arena,
		.request = &t->request,
		.response = &t->response,
		.verdict = ERR_INTERNAL,
		.now = clock_wall_us(),
	};
	request_open(&t->request, &t->fcgi);
	response_init(&t->response, t->arena);
	t->response.head = str_eq(t->request.method, STR("HEAD"));
	t->err = route_find(app->routes, app->route_count, &t->request,
	    t->arena, &t->match);
	memcpy(t->ctx.params, t->match.params, sizeof(t->ctx.params));
	if (exchange_asks_key(t))
		access_open(&t->access, &t->request, settings->config,
		    t->ctx.now);
}

/* Sends the answer and ends the turn, which remains whose it is. */
static bool
exchange_send(struct exchange_turn *t)
{
	bool sent;

	sent = response_send(&t->response, &t->request);
	exchange_count(t);
	/* Before the end is sent: what comes after it is another request. */
	request_drain(&t->request);
	/* What broke off must not be ended as if it were whole. */
	sent = sent && exchange_flush(&t->fcgi);
	exchange_log(t);
	request_wipe(&t->request);
	turn_end(t);
	return sent;
}

bool
exchange_is_full(const struct exchange *x)
{
	return x->count == x->limit;
}

enum err
exchange_begin(struct exchange *x, const struct settings *settings, int fd)
{
	struct exchange_turn *t = x->turns[x->count];
	enum err err = ERR_OK;

	assert(x->count < x->limit);
	if (t == NULL)
		err = turn_take(x->pool, &t);
	if (err != ERR_OK)
		return ERR_MEMORY;
	x->turns[x->count] = t;
	t->fcgi.ipcFd = fd;
	/* Without it FCGX_Accept_r closes the connection first. */
	t->fcgi.keepConnection = 1;
	if (FCGX_Accept_r(&t->fcgi) != 0) {
		/* It has closed the connection; it never should get here. */
		log_event(LOG_LEVEL_ERROR, "libfcgi_refused",
		    LOG_S("meaning", "frame_check let something through"));
		t->fcgi.ipcFd = -1;
		return ERR_INTERNAL;
	}
	/* Before anything of the page is looked at. */
	if (turn_page(t) != NULL)
		page_enter(turn_page(t), t->slot);
	exchange_prepare(t, settings);
	x->count++;
	return ERR_OK;
}

void
exchange_answer(struct exchange *x, struct db *db, enum exchange_end *ends)
{
	if (db != NULL)
		exchange_look_up(x->turns, x->count, db);
	for (size_t i = 0; i < x->count; i++) {
		struct exchange_turn *t = x->turns[i];

		if (x->leaves && exchange_asks_key(t))
			(void)access_recall(&t->access);
		if (!(x->leaves && exchange_waits(t)) && exchange_settle(t))
			ends[i] = exchange_send(t) ? EXCHANGE_SENT :
			    EXCHANGE_LOST;
		else
			ends[i] = EXCHANGE_WAITS;
	}
	x->count = 0;
}

struct exchange_turn *
exchange_detach(struct exchange *x, size_t i)
{
	struct exchange_turn *t = x->turns[i];

	x->turns[i] = NULL;
	return t;
}

bool
exchange_finish(struct exchange_turn *t)
{
	bool sent;

	/* With a database it never waits. */
	(void)exchange_settle(t);
	sent = exchange_send(t);
	turn_give_back(t);
	return sent;
}
