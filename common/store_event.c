/* SPDX-License-Identifier: ISC */
#include "store_event.h"

#include <string.h>

#include "digest.h"
#include "guid.h"
#include "store_row.h"

/* What stands for a request's id in a use: hexadecimal digits. */
#define STORE_EVENT_REQUEST 32

/* Rows of one kind, in order. */
struct store_event_row {
	struct store_event event;
	bool matches;		/* else it only says how far was looked */
	bool last;		/* of those that were looked at */
};

struct store_event_rows {
	struct store_event_row *rows;
	size_t count, next;
	bool is_whole;		/* there is nothing behind them */
};

/* A request's id as uses have it. */
struct store_event_request {
	char hex[DIGEST_HEX_SIZE];
	bool is_hashed;
};

struct store_event_place
store_event_before(int64_t until)
{
	return (struct store_event_place){ .at = until, .is_use = true };
}

/* Columns of list_events and list_request_events. */
static void
store_event_read(struct store_row *row, void *out)
{
	struct store_event_row *r = out;

	r->last = store_row_bool(row, 0);
	r->matches = store_row_bool(row, 1);
	r->event = (struct store_event){
		.at = store_row_int(row, 2),
		.number = store_row_int(row, 3),
		.actor = store_row_text(row, 4),
		.event = store_row_text(row, 5),
		.key_id = store_row_text(row, 6),
		.version = store_row_int(row, 7),
		.member = store_row_int(row, 8),
		.request_id = store_row_text(row, 9),
		.address = store_row_text(row, 10),
		.detail = store_row_text(row, 11),
		.hash = store_row_text(row, 12),
	};
}

/* Columns of list_uses, list_app_uses, list_key_uses and list_request_uses. */
static void
store_event_read_use(struct store_row *row, void *out)
{
	struct store_event_row *r = out;

	r->last = store_row_bool(row, 0);
	r->matches = store_row_bool(row, 1);
	r->event = (struct store_event){
		.is_use = true,
		.at = store_row_int(row, 2),
		.number = store_row_int(row, 3),
		.pos = store_row_int(row, 4),
		.key_id = store_row_text(row, 5),
		.version = store_row_int(row, 6),
		.app = store_row_text(row, 7),
		.code = store_row_text(row, 8),
		.status = store_row_int(row, 9),
		.method = store_row_text(row, 10),
		.site = store_row_text(row, 11),
		.request_id = store_row_text(row, 12),
		.repeated = store_row_bool(row, 13),
		.address = store_row_text(row, 14),
	};
}

/* Runs QUERY for MOST rows. */
static enum err
store_event_run(struct db *db, struct arena *arena,
    const struct store_row_query *query, size_t most,
    struct store_event_rows *out)
{
	void *rows;
	enum err err = store_row_list(db, arena, query, &rows, &out->count);

	if (err != ERR_OK)
		return err;
	out->rows = rows;
	out->is_whole = out->count < most &&
	    (out->count == 0 || !out->rows[out->count - 1].last);
	return ERR_OK;
}

static enum err
store_event_ask(struct db *db, struct arena *arena,
    const struct store_event_filter *f, const struct store_event_place *place,
    size_t most, struct store_event_rows *out)
{
	bool by_request = f->request_id.len > 0;
	const struct db_param params[] = {
		db_int(f->account), db_time(f->since > 0 ? f->since : 1),
		db_time(place->at),
		/* All of that moment come before its uses. */
		db_int(place->is_use ? 0 : place->number),
		db_text(f->actor), db_text(f->key_id), db_text(f->event),
		db_text(f->address), db_text(f->app),
		db_int((int64_t)most), db_text(f->request_id),
	};
	const struct store_row_query query = {
		.statement = by_request ? STATEMENT_LIST_REQUEST_EVENTS :
		    STATEMENT_LIST_EVENTS,
		.params = params,
		.param_count = ARRAY_LEN(params) - (by_request ? 0 : 1),
		.size = sizeof(struct store_event_row),
		.read = store_event_read,
	};

	return store_event_run(db, arena, &query, most, out);
}

/* As the journals keep it: 32 hexadecimal digits, else a hash. */
static enum err
store_event_request(struct str id, struct store_event_request *out)
{
	struct digest digest;
	bool is_hex = id.len == STORE_EVENT_REQUEST;
	enum err err;

	for (size_t i = 0; i < id.len && is_hex; i++)
		is_hex = memchr("0123456789abcdef", id.ptr[i], 16) != NULL;
	out->is_hashed = !is_hex;
	if (is_hex) {
		memcpy(out->hex, id.ptr, STORE_EVENT_REQUEST);
	} else {
		if ((err = digest_sha256(id, &digest)) != ERR_OK)
			return err;
		digest_hex(&digest, out->hex);
	}
	out->hex[STORE_EVENT_REQUEST] = '\0';
	return ERR_OK;
}

/*
 * The key and the app that uses are to be of, who is their actor: "" for any;
 * false if there can be none.
 */
static bool
store_event_doer(const struct store_event_filter *f, struct str *key,
    struct str *app)
{
	struct str kind, who, *out = key;

	*key = f->key_id;
	*app = f->app;
	if (f->actor.len == 0)
		return true;
	(void)str_cut(f->actor, ':', &kind, &who);
	if (str_eq(kind, STR("app")) && guid_check(who))
		out = app;
	else if (!str_eq(kind, STR("key")) || who.len == 0)
		return false;
	if (out->len == 0)
		*out = who;
	return out == app ? str_eq_nocase(*out, who) : str_eq(*out, who);
}

/* The statement that has an index for what is asked. */
static enum statement
store_event_statement(bool by_request, struct str key, struct str app)
{
	if (by_request)
		return STATEMENT_LIST_REQUEST_USES;
	if (key.len > 0)
		return STATEMENT_LIST_KEY_USES;
	return app.len > 0 ? STATEMENT_LIST_APP_USES : STATEMENT_LIST_USES;
}

static enum err
store_event_ask_uses(struct db *db, struct arena *arena,
    const struct store_event_filter *f, const struct store_event_place *place,
    size_t most, struct store_event_rows *out)
{
	struct store_event_request request = { .hex = "" };
	bool by_request = f->request_id.len > 0;
	struct str key, app;
	enum err err = ERR_OK;

	if (!store_event_doer(f, &key, &app)) {
		out->is_whole = true;
		return ERR_OK;
	}
	if (by_request)
		err = store_event_request(f->request_id, &request);
	if (err != ERR_OK)
		return err;

	const struct db_param params[] = {
		db_int(f->account), db_time(f->since > 0 ? f->since : 1),
		db_time(place->at),
		/* Those of the moment of an event come behind it. */
		db_int(place->is_use ? place->number : INT32_MAX),
		db_int(place->is_use ? place->pos : INT64_MAX),
		db_text(key), db_text(app), db_text(f->decision),
		db_text(f->address), db_int((int64_t)most),
		db_text(str_of(request.hex)), db_bool(request.is_hashed),
	};
	const struct store_row_query query = {
		.statement = store_event_statement(by_request, key, app),
		.params = params,
		.param_count = ARRAY_LEN(params) - (by_request ? 0 : 2),
		.size = sizeof(struct store_event_row),
		.read = store_event_read_use,
	};
	return store_event_run(db, arena, &query, most, out);
}

/* The next of both in order; NULL: there is none, or it is not known. */
static struct store_event_row *
store_event_next(struct store_event_rows *events,
    struct store_event_rows *uses)
{
	bool event = events->next < events->count;
	bool use = uses->next < uses->count;

	if ((!event && !events->is_whole) || (!use && !uses->is_whole) ||
	    (!event && !use))
		return NULL;
	if (event && (!use || events->rows[events->next].event.at >=
	    uses->rows[uses->next].event.at))
		return &events->rows[events->next++];
	return &uses->rows[uses->next++];
}

/* Whether there is nothing left of what was read, or behind it. */
static bool
store_event_is_end(const struct store_event_rows *rows)
{
	return rows->is_whole && rows->next == rows->count;
}

static enum err
store_event_merge(struct arena *arena, struct store_event_rows *events,
    struct store_event_rows *uses, size_t limit,
    struct store_event_place *place, struct store_event **out, size_t *count)
{
	size_t most = events->count + uses->count;
	struct store_event_row *row;

	if (most > limit)
		most = limit;
	*count = 0;
	*out = arena_alloc(arena, most * sizeof(**out));
	if (*out == NULL)
		return ERR_MEMORY;
	while (*count < limit &&
	    (row = store_event_next(events, uses)) != NULL) {
		*place = (struct store_event_place){
			.at = row->event.at,
			.is_use = row->event.is_use,
			.number = row->event.number,
			.pos = row->event.pos,
		};
		if (row->matches)
			(*out)[(*count)++] = row->event;
	}
	return ERR_OK;
}

enum err
store_event_page(struct db *db, struct arena *arena,
    const struct store_event_filter *f, size_t limit,
    struct store_event_place *place, struct store_event **out, size_t *count,
    bool *more)
{
	struct store_event_rows events = { .is_whole = true };
	struct store_event_rows uses = { .is_whole = true };
	/* One more, to know whether it is the end. */
	size_t most = limit + 1;
	enum err err = ERR_OK;

	if (f->events)
		err = store_event_ask(db, arena, f, place, most, &events);
	if (err == ERR_OK && f->uses)
		err = store_event_ask_uses(db, arena, f, place, most, &uses);
	if (err == ERR_OK)
		err = store_event_merge(arena, &events, &uses, limit, place,
		    out, count);
	*more = !store_event_is_end(&events) || !store_event_is_end(&uses);
	return err;
}

static enum err
store_event_log(const struct store_change *c, const char *event,
    struct str detail, int64_t *seq)
{
	struct db_param params[] = {
		db_int(c->account), db_text(str_of(c->actor)),
		db_text(str_of(event)), db_text(store_change_address(c)),
		db_text(c->request_id), db_text(detail),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_NOTE_READING, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_INTERNAL;
	*seq = db_get_int(result, 0, 0);
	return ERR_OK;
}

enum err
store_event_note(const struct store_change *c, const char *event,
    struct str detail, int64_t *seq)
{
	enum err err = store_change_read(c->db, c->account);

	if (err != ERR_OK)
		return err;
	return store_change_read_end(c->db,
	    store_event_log(c, event, detail, seq));
}

enum err
store_event_is_noted(const struct store_change *c, int64_t seq,
    struct str detail, bool *out)
{
	struct db_param params[] = {
		db_int(c->account), db_int(seq), db_text(str_of(c->actor)),
		db_text(detail),
	};
	size_t rows = 0;
	enum err err = store_row_touch(c->db, STATEMENT_FIND_READING, params,
	    ARRAY_LEN(params), &rows);

	*out = rows == 1;
	return err;
}
