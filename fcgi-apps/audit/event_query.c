/* SPDX-License-Identifier: ISC */
#include "event_query.h"

#include <string.h>

#include "clock.h"
#include "guid.h"
#include "json.h"
#include "moment.h"
#include "query.h"
#include "reading.h"

#define EVENT_QUERY_WORD_MAX 64
#define EVENT_QUERY_CURSOR_MAX 128
#define EVENT_QUERY_LIMIT "50"

/*
 * What an address is logged as at most: its network. The log cannot be
 * changed, and whose address it is may have to be forgotten.
 */
#define EVENT_QUERY_BITS_4 24
#define EVENT_QUERY_BITS_6 48

static const char *const event_query_names[] = {
	"kind", "actor", "key", "app", "event", "decision", "address",
	"request_id", "since", "until", "format", "limit", "cursor", NULL,
};

static bool
event_query_is_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (!((c | 0x20u) - 'a' < 26u || c - 0x30u < 10u || c == '_' ||
		    c == '-' || c == ':'))
			return false;
	}
	return s.len > 0;
}

/* The parameters that are texts of the filter, as they are logged. */
static const struct {
	const char *name;
	size_t at;			/* in struct store_event_filter */
	bool (*accepts)(struct str value);
} event_query_texts[] = {
#define F(name, field, accepts) { name, \
	offsetof(struct store_event_filter, field), accepts }
	F("actor", actor, event_query_is_word),
	F("key", key_id, event_query_is_word),
	F("app", app, guid_check),
	F("event", event, event_query_is_word),
	F("decision", decision, event_query_is_word),
	F("request_id", request_id, event_query_is_word),
#undef F
};

static struct str *
event_query_text(struct store_event_filter *filter, size_t i)
{
	return (struct str *)(void *)((char *)filter + event_query_texts[i].at);
}

static enum err
event_query_read_texts(const struct ctx *ctx, struct event_query *q,
    struct json *detail)
{
	for (size_t i = 0; i < ARRAY_LEN(event_query_texts); i++) {
		const char *name = event_query_texts[i].name;
		struct str value = { .ptr = NULL };
		enum err err = query_text(ctx, name, EVENT_QUERY_WORD_MAX,
		    &value);

		if (err != ERR_OK)
			return err;
		if (value.ptr == NULL)
			continue;
		if (!event_query_texts[i].accepts(value))
			return ERR_QUERY_INVALID;
		*event_query_text(&q->filter, i) = value;
		json_set_str(detail, name, value);
	}
	return ERR_OK;
}

/* Which kinds are asked for, and which of these the filters leave. */
static enum err
event_query_read_kind(const struct ctx *ctx, struct event_query *q,
    struct json *detail)
{
	struct store_event_filter *f = &q->filter;
	struct str kind = { .ptr = NULL };
	enum err err = query_text(ctx, "kind", EVENT_QUERY_WORD_MAX, &kind);

	if (err != ERR_OK)
		return err;
	f->events = kind.ptr == NULL || str_eq(kind, STR("event"));
	f->uses = kind.ptr == NULL || str_eq(kind, STR("use"));
	if (f->event.len > 0)
		f->uses = false;
	if (f->decision.len > 0)
		f->events = false;
	if (kind.ptr != NULL)
		json_set_str(detail, "kind", kind);
	return f->events || f->uses ? ERR_OK : ERR_QUERY_INVALID;
}

static enum err
event_query_read_address(const struct ctx *ctx, struct event_query *q,
    struct json *detail)
{
	char text[CIDR_TEXT_SIZE], *copy;
	struct str value = { .ptr = NULL };
	struct cidr range;
	enum err err = query_text(ctx, "address", EVENT_QUERY_WORD_MAX,
	    &value);

	if (err != ERR_OK || value.ptr == NULL)
		return err;
	if (!cidr_parse(value, &range))
		return ERR_QUERY_INVALID;
	cidr_text(&range, text);
	if ((copy = arena_copy(ctx->arena, text, strlen(text))) == NULL)
		return ERR_MEMORY;
	q->filter.address = str_of(copy);
	cidr_widen(&range, range.family == 4 ? EVENT_QUERY_BITS_4 :
	    EVENT_QUERY_BITS_6);
	cidr_text(&range, text);
	json_set_text(detail, "address", text);
	return ERR_OK;
}

/* A time, or a day, which stands for its beginning. */
static enum err
event_query_read_time(const struct ctx *ctx, const char *name, int64_t *out,
    struct json *detail)
{
	struct str value = { .ptr = NULL };
	enum err err = query_text(ctx, name, EVENT_QUERY_WORD_MAX, &value);

	if (err != ERR_OK || value.ptr == NULL)
		return err;
	if (!moment_parse(value, out) && !moment_parse_date(value, out))
		return ERR_QUERY_INVALID;
	json_set_time(detail, name, *out);
	return ERR_OK;
}

/* What the client would like best of what there is. */
static enum event_query_format
event_query_accepted(const struct ctx *ctx)
{
	struct str list = request_param(ctx->request, "HTTP_ACCEPT"), one;

	while (str_cut(list, ',', &one, &list) || one.len > 0) {
		(void)str_cut(one, ';', &one, &(struct str){ .ptr = NULL });
		one = str_trim(one);
		if (str_eq_nocase(one, STR("application/json")))
			return EVENT_QUERY_JSON;
		if (str_eq_nocase(one, STR("text/csv")))
			return EVENT_QUERY_CSV;
		if (str_eq_nocase(one, STR("application/x-ndjson")))
			return EVENT_QUERY_JSONL;
	}
	return EVENT_QUERY_JSON;
}

static enum err
event_query_read_format(const struct ctx *ctx, struct event_query *q,
    struct json *detail)
{
	static const char *const names[] = {
		[EVENT_QUERY_JSON] = "json",
		[EVENT_QUERY_CSV] = "csv",
		[EVENT_QUERY_JSONL] = "jsonl",
	};
	struct str value = STR("");
	enum err err = query_text(ctx, "format", EVENT_QUERY_WORD_MAX, &value);
	size_t i = 0;

	if (err != ERR_OK)
		return err;
	q->format = event_query_accepted(ctx);
	while (value.len > 0 && !str_eq(value, str_of(names[i])))
		if (++i == ARRAY_LEN(names))
			return ERR_QUERY_INVALID;
	if (value.len > 0)
		q->format = (enum event_query_format)i;
	if (q->format != EVENT_QUERY_JSON)
		json_set_text(detail, "format", names[q->format]);
	return ERR_OK;
}

/* The next number of REST, which ends with a point or with it. */
static bool
event_query_number(struct str *rest, uint64_t max, int64_t *out)
{
	struct str one;
	uint64_t n;

	(void)str_cut(*rest, '.', &one, rest);
	if (!str_u64(one, max, &n))
		return false;
	*out = (int64_t)n;
	return true;
}

/* The reading's event, and where it is: at.kind.number.pos */
static bool
event_query_cursor(struct str text, struct event_query *q)
{
	struct store_event_place place;
	int64_t seq, kind;

	if (!event_query_number(&text, INT64_MAX, &seq) ||
	    !event_query_number(&text, (uint64_t)STORE_EVENT_END, &place.at) ||
	    !event_query_number(&text, 1, &kind) ||
	    !event_query_number(&text, kind == 1 ? INT32_MAX : INT64_MAX,
	    &place.number) ||
	    !event_query_number(&text, INT64_MAX, &place.pos) ||
	    text.len > 0)
		return false;
	place.is_use = kind == 1;
	q->seq = seq;
	/* Nothing that the event of the reading does not tell of. */
	if (place.at < q->until)
		q->place = place;
	return true;
}

static enum err
event_query_read_page(const struct ctx *ctx, struct event_query *q)
{
	struct str limit = { .ptr = NULL }, cursor = { .ptr = NULL };
	enum err err;

	q->place = store_event_before(q->until);
	if ((err = query_text(ctx, "limit", 3, &limit)) != ERR_OK ||
	    (err = query_text(ctx, "cursor", EVENT_QUERY_CURSOR_MAX,
	    &cursor)) != ERR_OK)
		return err;
	if (q->format != EVENT_QUERY_JSON)
		return limit.ptr == NULL && cursor.ptr == NULL ? ERR_OK :
		    ERR_QUERY_INVALID;
	if (limit.ptr == NULL)
		limit = STR(EVENT_QUERY_LIMIT);
	if (!str_u64(limit, EVENT_QUERY_LIMIT_MAX, &q->limit) ||
	    q->limit == 0)
		return ERR_QUERY_INVALID;
	return cursor.ptr == NULL || event_query_cursor(cursor, q) ? ERR_OK :
	    ERR_QUERY_INVALID;
}

enum err
event_query_read(const struct ctx *ctx, struct event_query *out)
{
	struct json *detail CLEANUP_JSON = json_object_open();
	enum err err;

	*out = (struct event_query){
		.filter = { .account = reading_account(ctx) },
		.until = STORE_EVENT_END,
	};
	if ((err = query_known(ctx, event_query_names)) != ERR_OK ||
	    (err = event_query_read_texts(ctx, out, detail)) != ERR_OK ||
	    (err = event_query_read_kind(ctx, out, detail)) != ERR_OK ||
	    (err = event_query_read_address(ctx, out, detail)) != ERR_OK ||
	    (err = event_query_read_time(ctx, "since", &out->filter.since,
	    detail)) != ERR_OK ||
	    (err = event_query_read_time(ctx, "until", &out->until,
	    detail)) != ERR_OK ||
	    (err = event_query_read_format(ctx, out, detail)) != ERR_OK ||
	    (err = event_query_read_page(ctx, out)) != ERR_OK)
		return err;
	return json_write(detail, ctx->arena, &out->detail);
}

enum err
event_query_next(struct ctx *ctx, const struct event_query *q,
    const struct store_event_place *place, const char **cursor)
{
	struct buf text = buf_in(ctx->arena);

	buf_printf(&text, "%lld.%lld.%d.%lld.%lld", (long long)q->seq,
	    (long long)place->at, place->is_use ? 1 : 0,
	    (long long)place->number, (long long)place->pos);
	if (text.failed)
		return ERR_MEMORY;
	*cursor = text.data;
	query_link_again(ctx, event_query_names, text.data);
	return ERR_OK;
}
