/* SPDX-License-Identifier: ISC */
/*
 * one [layer 8]: one event or use, by its id or by the id of its request, with
 * what it means and how to mend it.
 */
#include "audit.h"
#include "event_json.h"
#include "explain.h"
#include "query.h"
#include "reading.h"
#include "store_stranger.h"

#include <stdio.h>
#include <string.h>

/* Of one request, at most: one that has more was not given a random id. */
#define ONE_MOST 100

#define ONE_ID_MAX 64

struct one_item {
	const struct store_event *event;
	const struct store_stranger *stranger;	/* NULL for an account's own */
};

struct one {
	struct str id;
	bool by_request;
	struct one_item items[ONE_MOST];
	size_t count;
};

/* Digits up to the next '_', or to the end if it is the LAST number. */
static bool
one_number(struct str *rest, uint64_t max, bool last, int64_t *out)
{
	struct str word;
	uint64_t n;

	if (str_cut(*rest, '_', &word, rest) == last ||
	    !str_u64(word, max, &n))
		return false;
	*out = (int64_t)n;
	return true;
}

/*
 * Whether ID is that of an event or of a use; PLACE is then the place right
 * before it.
 */
static bool
one_parse(struct str id, struct store_event_place *place)
{
	struct str rest;

	*place = (struct store_event_place){ .is_use = false };
	if (str_starts(id, STR("ev_"))) {
		rest = str_part(id, 3, id.len);
		if (!one_number(&rest, STORE_EVENT_END, false, &place->at) ||
		    !one_number(&rest, INT64_MAX - 1, true, &place->number))
			return false;
		place->number++;
		return true;
	}
	if (!str_starts(id, STR("use_")))
		return false;
	place->is_use = true;
	rest = str_part(id, 4, id.len);
	if (!one_number(&rest, STORE_EVENT_END, false, &place->at) ||
	    !one_number(&rest, INT32_MAX, false, &place->number) ||
	    !one_number(&rest, INT64_MAX - 1, true, &place->pos))
		return false;
	place->pos++;
	return true;
}

/* Whether a request may have this id. */
static bool
one_is_request(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (strchr("0123456789abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-", id.ptr[i]) == NULL ||
		    id.ptr[i] == '\0')
			return false;
	return id.len > 0 && id.len <= ONE_ID_MAX;
}

static void
one_add(struct one *one, const struct store_event *event,
    const struct store_stranger *stranger)
{
	if (one->count < ONE_MOST)
		one->items[one->count++] = (struct one_item){ event,
		    stranger };
}

/* What comes right after PLACE, if it is what the id names. */
static enum err
one_find_event(const struct ctx *ctx, int64_t account,
    const struct store_event_place *wanted, struct one *one)
{
	const struct store_event_filter filter = {
		.account = account,
		.events = !wanted->is_use,
		.uses = wanted->is_use,
		.since = wanted->at,
	};
	struct store_event_place place = *wanted;
	struct store_event *found;
	size_t count;
	bool more;
	enum err err = store_event_page(ctx->db, ctx->arena, &filter, 1,
	    &place, &found, &count, &more);
	char id[EVENT_JSON_ID_SIZE];

	if (err != ERR_OK || count == 0)
		return err;
	event_json_id(found, id);
	if (str_eq(str_of(id), one->id))
		one_add(one, found, NULL);
	return ERR_OK;
}

/* The newest things of the request: the account's, then nobody's. */
static enum err
one_find_request(const struct ctx *ctx, int64_t account, struct one *one)
{
	const struct store_event_filter filter = {
		.account = account,
		.events = true,
		.uses = true,
		.request_id = one->id,
	};
	struct store_event_place place = store_event_before(STORE_EVENT_END);
	struct store_stranger *strangers;
	struct store_event *found;
	size_t count;
	bool more;
	enum err err = store_event_page(ctx->db, ctx->arena, &filter,
	    ONE_MOST, &place, &found, &count, &more);

	for (size_t i = 0; err == ERR_OK && i < count; i++)
		one_add(one, &found[i], NULL);
	if (err == ERR_OK)
		err = store_stranger_find(ctx->db, ctx->arena, one->id,
		    &strangers, &count);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		one_add(one, &strangers[i].event, &strangers[i]);
	return err;
}

/* How much of an answer to "what became of this request?" EVENT is. */
static int
one_rank(const struct store_event *event)
{
	if (!event->is_use)
		return 0;
	if (!str_eq(str_of(event->code), STR("ok")))
		return 3;
	return event->repeated ? 1 : 2;
}

/* The item that answers best; of those that do so equally, the first made. */
static size_t
one_best(const struct one *one)
{
	size_t best = one->count - 1;

	for (size_t i = best; i-- > 0;)
		if (one_rank(one->items[i].event) >
		    one_rank(one->items[best].event))
			best = i;
	return best;
}

static struct json *
one_make(const struct one_item *item)
{
	const struct store_event *event = item->event;
	const struct explain *words = event->is_use ?
	    explain_code(str_of(event->code)) :
	    explain_event(str_of(event->event));
	struct json *j = event_json_make(event);

	if (item->stranger != NULL && item->stranger->claimed > 0)
		json_set_int(j, "claimed_account", item->stranger->claimed);
	json_set_text(j, "explanation", words != NULL ? words->why : NULL);
	json_set_text(j, "mend", words != NULL && words->mend[0] != '\0' ?
	    words->mend : NULL);
	return j;
}

static enum err
one_respond(struct ctx *ctx, const struct one *one)
{
	size_t best = one_best(one);
	struct json *j CLEANUP_JSON = one_make(&one->items[best]);
	struct json *list;

	if (j == NULL)
		return ERR_MEMORY;
	if (one->by_request) {
		list = json_array_open();
		for (size_t i = 0; i < one->count; i++)
			if (i != best)
				json_append(list, one_make(&one->items[i]));
		json_set(j, "same_request", list);
	}
	return response_json(ctx->response, 200, j);
}

static enum err
one_find(const struct ctx *ctx, struct one *one)
{
	int64_t account = reading_account(ctx);
	struct store_event_place place;
	enum err err;

	one->by_request = !one_parse(one->id, &place);
	if (one->by_request && !one_is_request(one->id))
		return ERR_NOT_FOUND;
	err = store_change_read(ctx->db, account);
	if (err != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, one->by_request ?
	    one_find_request(ctx, account, one) :
	    one_find_event(ctx, account, &place, one));
	return err == ERR_OK && one->count == 0 ? ERR_NOT_FOUND : err;
}

enum err
one_handle(struct ctx *ctx)
{
	struct one one = { .id = ctx->params[0] };
	char detail[ONE_ID_MAX + sizeof("{\"id\":\"\"}")];
	int64_t seq = 0;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = one_find(ctx, &one)) != ERR_OK)
		return err;
	/* What was read is not shown unless it is logged that it was. */
	(void)snprintf(detail, sizeof(detail), "{\"id\":\"%.*s\"}",
	    (int)one.id.len, one.id.ptr);
	err = reading_note_page(ctx, str_of(detail), &seq);
	return err == ERR_OK ? one_respond(ctx, &one) : err;
}
