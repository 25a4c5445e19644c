/* SPDX-License-Identifier: ISC */
#include "export.h"

#include <stdatomic.h>

#include "audit.h"
#include "event_csv.h"
#include "event_json.h"
#include "reading.h"
#include "terms.h"

/* Events of one transaction, and memory for them and their text. */
#define EXPORT_PAGE 1000
#define EXPORT_MEMORY ((size_t)16 << 20)

/* Seconds after which somebody else may have ended. */
#define EXPORT_RETRY 5

static _Atomic int export_count;

static const struct {
	const char *type, *disposition;
} export_forms[] = {
	[EVENT_QUERY_CSV] = { "text/csv; charset=utf-8; header=present",
	    "attachment; filename=\"audit-events.csv\"" },
	[EVENT_QUERY_JSONL] = { "application/x-ndjson",
	    "attachment; filename=\"audit-events.jsonl\"" },
};

struct export {
	struct ctx *ctx;
	struct event_query *query;
	struct arena *arena;	/* of one page */
	struct store_event *events;
	size_t count;
	bool more;
};

/* Whether one more may begin; it then ends with export_leave. */
static bool
export_enter(const struct ctx *ctx)
{
	int workers = (int)ctx->config->program_workers;

	if (workers == 0)
		workers = AUDIT_WORKERS;
	/* Whoever asks for less finds the other half. */
	if (atomic_fetch_add(&export_count, 1) < (workers + 1) / 2)
		return true;
	atomic_fetch_sub(&export_count, 1);
	return false;
}

static void
export_leave(const bool *entered)
{
	if (*entered)
		atomic_fetch_sub(&export_count, 1);
}

static void
export_close(struct export *x)
{
	arena_free(x->arena);
}

static enum err
export_read(struct export *x)
{
	struct event_query *q = x->query;
	struct db *db = x->ctx->db;
	enum err err;

	arena_reset(x->arena);
	if ((err = store_change_read(db, q->filter.account)) != ERR_OK)
		return err;
	return store_change_read_end(db, store_event_page(db, x->arena,
	    &q->filter, EXPORT_PAGE, &q->place, &x->events, &x->count,
	    &x->more));
}

static enum err
export_begin(struct ctx *ctx, enum event_query_format format)
{
	struct response *r = ctx->response;

	response_status(r, 200);
	response_header(r, "Content-Type", str_of(export_forms[format].type));
	response_header(r, "Content-Disposition",
	    str_of(export_forms[format].disposition));
	response_header(r, "Cache-Control", STR("no-store"));
	terms_respond(ctx->caller, TERMS_PLAIN, r);
	return response_stream(r, ctx->request);
}

/* The line that tells of EVENT, in the page's memory. */
static enum err
export_line(const struct export *x, const struct store_event *event,
    struct str *out)
{
	struct json *j CLEANUP_JSON = NULL;
	struct buf text = buf_in(x->arena);
	enum err err;

	if (x->query->format == EVENT_QUERY_CSV) {
		event_csv_line(&text, event);
		*out = buf_str(&text);
		return text.failed ? ERR_MEMORY : ERR_OK;
	}
	j = event_json_make(event);
	err = json_write(j, x->arena, out);
	return err;
}

static enum err
export_send(const struct export *x, struct str text, bool flush)
{
	return response_piece(x->ctx->response, x->ctx->request, text, flush);
}

static enum err
export_page(const struct export *x)
{
	enum err err = ERR_OK;
	struct str line;

	for (size_t i = 0; i < x->count && err == ERR_OK; i++) {
		err = export_line(x, &x->events[i], &line);
		if (err == ERR_OK)
			err = export_send(x, line, false);
		if (err == ERR_OK && x->query->format == EVENT_QUERY_JSONL)
			err = export_send(x, STR("\n"), false);
	}
	return err == ERR_OK ? export_send(x, STR(""), true) : err;
}

static enum err
export_names(const struct export *x)
{
	struct buf names = buf_in(x->ctx->arena);

	if (x->query->format != EVENT_QUERY_CSV)
		return ERR_OK;
	event_csv_names(&names);
	return names.failed ? ERR_MEMORY :
	    export_send(x, buf_str(&names), false);
}

/* All of it; the first page is read. */
static enum err
export_run(struct export *x)
{
	enum err err = export_begin(x->ctx, x->query->format);

	if (err == ERR_OK)
		err = export_names(x);
	while (err == ERR_OK) {
		err = export_page(x);
		if (err != ERR_OK || !x->more)
			break;
		err = export_read(x);
	}
	return err;
}

enum err
export_respond(struct ctx *ctx, struct event_query *q)
{
	struct export x CLEANUP(export_close) = { .ctx = ctx, .query = q };
	bool entered CLEANUP(export_leave) = false;
	enum err err;

	if (ctx->response->head)
		return export_begin(ctx, q->format);
	if (!(entered = export_enter(ctx))) {
		ctx->problem.retry_after = EXPORT_RETRY;
		return ERR_OVERLOADED;
	}
	if ((x.arena = arena_new(EXPORT_MEMORY)) == NULL)
		return ERR_MEMORY;
	if ((err = export_read(&x)) != ERR_OK ||
	    (err = reading_note(ctx, "audit_exported", q->detail,
	    &q->seq)) != ERR_OK)
		return err;
	err = export_run(&x);
	/* That the peer has gone is no fault; the connection is closed. */
	return ctx->response->broken ? ERR_OK : err;
}
