/* SPDX-License-Identifier: ISC */
/*
 * event_json [layer 8]: an event, or a use of a key, as callers are shown it.
 */
#ifndef HASP_EVENT_JSON_H
#define HASP_EVENT_JSON_H

#include "json.h"
#include "store_event.h"

/* Room for an id, its NUL included. */
#define EVENT_JSON_ID_SIZE 80

/*
 * Its id: ev_ and the time in microseconds since 1970, _ and its number in the
 * chain; of a use use_, the time, _ the journal, _ the position.
 */
void event_json_id(const struct store_event *event,
    char out[EVENT_JSON_ID_SIZE]);

/* Room for event_json_time, its NUL included. */
#define EVENT_JSON_TIME_SIZE 40

/* "2031-05-04T03:02:01.000123Z": RFC 3339 with microseconds. */
void event_json_time(int64_t at, char out[EVENT_JSON_TIME_SIZE]);

/* "allowed" or "refused", of a use. */
const char *event_json_decision(const struct store_event *event);

/* EVENT as an object, or NULL if memory is short. */
struct json *event_json_make(const struct store_event *event) MUST_CHECK;

#endif
