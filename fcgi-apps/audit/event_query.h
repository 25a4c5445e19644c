/* SPDX-License-Identifier: ISC */
/*
 * event_query [layer 8]: what a request for events asks for, and in what form.
 */
#ifndef HASP_EVENT_QUERY_H
#define HASP_EVENT_QUERY_H

#include "route.h"
#include "store_event.h"

/* Events of a page, at most. */
#define EVENT_QUERY_LIMIT_MAX 500

enum event_query_format {
	EVENT_QUERY_JSON,	/* a page */
	EVENT_QUERY_CSV,	/* all of them */
	EVENT_QUERY_JSONL,
};

struct event_query {
	struct store_event_filter filter;
	struct store_event_place place;		/* where to begin */
	int64_t seq;	/* the event that says it was begun; 0: none yet */
	int64_t until;
	uint64_t limit;
	enum event_query_format format;
	struct str detail;	/* what is asked for, as it is logged */
};

/*
 * Reads the parameters of the request, texts in its memory.
 * ERR_QUERY_INVALID, also for filters that nothing can pass, for a cursor with
 * a form that is no page, and for a limit there.
 */
enum err event_query_read(const struct ctx *ctx, struct event_query *out)
    MUST_CHECK;

/*
 * The cursor of what comes after PLACE, and a link to it among the headers of
 * the answer. ERR_MEMORY.
 */
enum err event_query_next(struct ctx *ctx, const struct event_query *query,
    const struct store_event_place *place, const char **cursor) MUST_CHECK;

#endif
