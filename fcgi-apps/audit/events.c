/* SPDX-License-Identifier: ISC */
/*
 * events [layer 8]: what happened in the account, newest first: a page of it,
 * or all.
 */
#include "audit.h"
#include "clock.h"
#include "event_json.h"
#include "event_query.h"
#include "export.h"
#include "reading.h"

/*
 * Milliseconds after which a page ends that few events pass the filters for:
 * who asks goes on from its cursor.
 */
#define EVENTS_PATIENCE 300

struct events_page {
	struct json *list;
	size_t count;
	bool more;
};

/* One step of the way: as much as one transaction looks at. */
static enum err
events_step(const struct ctx *ctx, struct event_query *q,
    struct events_page *page)
{
	struct store_event *events;
	size_t count = 0;
	enum err err = store_change_read(ctx->db, q->filter.account);

	if (err != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, store_event_page(ctx->db,
	    ctx->arena, &q->filter, q->limit - page->count, &q->place,
	    &events, &count, &page->more));
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		json_append(page->list, event_json_make(&events[i]));
	page->count += count;
	return err;
}

static enum err
events_read(const struct ctx *ctx, struct event_query *q,
    struct events_page *page)
{
	int64_t end = clock_mono_ms() + EVENTS_PATIENCE;
	enum err err;

	do {
		err = events_step(ctx, q, page);
	} while (err == ERR_OK && page->more && page->count < q->limit &&
	    clock_mono_ms() < end);
	return err;
}

/* PAGE's list is this function's. */
static enum err
events_respond(struct ctx *ctx, const struct event_query *q,
    struct events_page *page)
{
	struct json *j CLEANUP_JSON = json_object_open();
	const char *cursor = NULL;
	enum err err = ERR_OK;

	if (j == NULL) {
		json_close(page->list);
		return ERR_MEMORY;
	}
	json_set(j, "events", page->list);
	if (page->more)
		err = event_query_next(ctx, q, &q->place, &cursor);
	json_set_bool(j, "has_more", page->more);
	json_set_text(j, "next_cursor", cursor);
	return err == ERR_OK ? response_json(ctx->response, 200, j) : err;
}

enum err
events_handle(struct ctx *ctx)
{
	struct events_page page = { .list = NULL };
	struct event_query q;
	enum err err = event_query_read(ctx, &q);

	if (err != ERR_OK)
		return err;
	if (q.format != EVENT_QUERY_JSON)
		return export_respond(ctx, &q);
	page.list = json_array_open();
	err = events_read(ctx, &q, &page);
	/* What was read is not shown unless it is logged that it was. */
	if (err == ERR_OK)
		err = reading_note_page(ctx, q.detail, &q.seq);
	if (err == ERR_OK)
		return events_respond(ctx, &q, &page);
	json_close(page.list);
	return err;
}
