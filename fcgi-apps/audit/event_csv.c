/* SPDX-License-Identifier: ISC */
#include "event_csv.h"

#include "event_json.h"

static const char event_csv_columns[] =
    "id,kind,at,actor,event,member,key,secret_version,app,decision,code,"
    "status,method,site,repeated,request_id,address,seq,hash,detail\r\n";

void
event_csv_names(struct buf *out)
{
	buf_add(out, str_of(event_csv_columns));
}

/* Whether a spreadsheet would take TEXT for more than a text. */
static bool
event_csv_is_formula(struct str text)
{
	return text.len > 0 && str_find(STR("=+-@\t\r"), text.ptr[0]) < 6;
}

static bool
event_csv_needs_quotes(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (str_find(STR(",\"\r\n"), text.ptr[i]) < 4)
			return true;
	return false;
}

static void
event_csv_text(struct buf *out, const char *value)
{
	struct str text = str_of(value), part;
	bool quoted = event_csv_needs_quotes(text), more;

	if (quoted)
		buf_add(out, STR("\""));
	if (event_csv_is_formula(text))
		buf_add(out, STR("'"));
	do {
		more = str_cut(text, '"', &part, &text);
		buf_add(out, part);
		if (more)
			buf_add(out, STR("\"\""));
	} while (more);
	if (quoted)
		buf_add(out, STR("\""));
	buf_add(out, STR(","));
}

/* Nothing for 0, which stands for none. */
static void
event_csv_number(struct buf *out, int64_t number)
{
	char room[STR_DECIMAL_SIZE];

	if (number != 0)
		buf_add(out, str_decimal(number, room));
	buf_add(out, STR(","));
}

/* Cells that the other kind alone has. */
static void
event_csv_none(struct buf *out, int count)
{
	while (count-- > 0)
		buf_add(out, STR(","));
}

static void
event_csv_use(struct buf *out, const struct store_event *e)
{
	event_csv_text(out, e->app);
	event_csv_text(out, event_json_decision(e));
	event_csv_text(out, e->code);
	event_csv_number(out, e->status);
	event_csv_text(out, e->method);
	event_csv_text(out, e->site);
	event_csv_text(out, e->repeated ? "true" : "false");
}

void
event_csv_line(struct buf *out, const struct store_event *e)
{
	char id[EVENT_JSON_ID_SIZE], at[EVENT_JSON_TIME_SIZE];

	event_json_id(e, id);
	event_json_time(e->at, at);
	event_csv_text(out, id);
	event_csv_text(out, e->is_use ? "use" : "event");
	event_csv_text(out, at);
	event_csv_text(out, e->actor);
	event_csv_text(out, e->event);
	event_csv_number(out, e->member);
	event_csv_text(out, e->key_id);
	event_csv_number(out, e->version);
	if (e->is_use)
		event_csv_use(out, e);
	else
		event_csv_none(out, 7);
	event_csv_text(out, e->request_id);
	event_csv_text(out, e->address);
	event_csv_number(out, e->is_use ? 0 : e->number);
	event_csv_text(out, e->hash);
	event_csv_text(out, e->detail);
	/* The line's end in place of the last comma. */
	if (!out->failed) {
		out->len--;
		buf_add(out, STR("\r\n"));
	}
}
