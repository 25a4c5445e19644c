/* SPDX-License-Identifier: ISC */
#include "event_json.h"

#include <stdio.h>

#include "clock.h"

void
event_json_id(const struct store_event *e, char out[EVENT_JSON_ID_SIZE])
{
	if (e->is_use)
		(void)snprintf(out, EVENT_JSON_ID_SIZE, "use_%lld_%lld_%lld",
		    (long long)e->at, (long long)e->number,
		    (long long)e->pos);
	else
		(void)snprintf(out, EVENT_JSON_ID_SIZE, "ev_%lld_%lld",
		    (long long)e->at, (long long)e->number);
}

void
event_json_time(int64_t at, char out[EVENT_JSON_TIME_SIZE])
{
	char seconds[CLOCK_TEXT_SIZE];

	clock_text(at, seconds);
	/* "2031-05-04T03:02:01", without the Z. */
	(void)snprintf(out, EVENT_JSON_TIME_SIZE, "%.19s.%06lldZ", seconds,
	    (long long)(at % 1000000));
}

const char *
event_json_decision(const struct store_event *e)
{
	return str_eq(str_of(e->code), STR("ok")) ? "allowed" : "refused";
}

/* An absent text becomes null. */
static void
event_json_text(struct json *j, const char *name, const char *text)
{
	json_set_text(j, name, *text != '\0' ? text : NULL);
}

/* An absent number, too. */
static void
event_json_number(struct json *j, const char *name, int64_t number)
{
	if (number != 0)
		json_set_int(j, name, number);
	else
		json_set_null(j, name);
}

static void
event_json_event(struct json *j, const struct store_event *e)
{
	event_json_text(j, "actor", e->actor);
	event_json_text(j, "event", e->event);
	event_json_number(j, "member", e->member);
	json_set_json(j, "detail", str_of(e->detail));
	json_set_int(j, "seq", e->number);
	event_json_text(j, "hash", e->hash);
}

static void
event_json_use(struct json *j, const struct store_event *e)
{
	event_json_text(j, "app", e->app);
	json_set_text(j, "decision", event_json_decision(e));
	event_json_text(j, "code", e->code);
	json_set_int(j, "status", e->status);
	event_json_text(j, "method", e->method);
	event_json_text(j, "site", e->site);
	json_set_bool(j, "repeated", e->repeated);
}

struct json *
event_json_make(const struct store_event *e)
{
	struct json *j = json_object_open();
	char id[EVENT_JSON_ID_SIZE], at[EVENT_JSON_TIME_SIZE];

	event_json_id(e, id);
	event_json_time(e->at, at);
	json_set_text(j, "id", id);
	json_set_text(j, "kind", e->is_use ? "use" : "event");
	json_set_text(j, "at", at);
	event_json_text(j, "key", e->key_id);
	event_json_number(j, "secret_version", e->version);
	event_json_text(j, "request_id", e->request_id);
	event_json_text(j, "address", e->address);
	if (e->is_use)
		event_json_use(j, e);
	else
		event_json_event(j, e);
	return j;
}
