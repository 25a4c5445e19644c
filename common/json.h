/* SPDX-License-Identifier: ISC */
/*
 * json [layer 3]: writing JSON texts through json-c; json_read reads them.
 * Objects are built in the order of the calls; the first failure sticks.
 */
#ifndef HASP_JSON_H
#define HASP_JSON_H

#include "arena.h"
#include "err.h"
#include "str.h"

struct json;

/*
 * A new empty object or array, or NULL if memory is short: what is set in NULL
 * is lost, and json_write refuses it, so a writer looks once, at the end.
 */
struct json *json_object_open(void) MUST_CHECK;
struct json *json_array_open(void) MUST_CHECK;
void json_close(struct json *json);

static inline void
json_closep(struct json **json)
{
	json_close(*json);
}

#define CLEANUP_JSON CLEANUP(json_closep)

/* Sets a member; a NULL text and a missing time (0) become null. */
void json_set_text(struct json *json, const char *name, const char *value);
void json_set_str(struct json *json, const char *name, struct str value);
void json_set_int(struct json *json, const char *name, int64_t value);
void json_set_bool(struct json *json, const char *name, bool value);
void json_set_time(struct json *json, const char *name, int64_t wall_us);
void json_set_null(struct json *json, const char *name);

/* Sets a member to what VALUE is: JSON, on one line, which nobody looks at. */
void json_set_json(struct json *json, const char *name, struct str value);

/* Sets a member to, or appends, CHILD, which is closed and gone after it. */
void json_set(struct json *json, const char *name, struct json *child);
void json_append(struct json *json, struct json *child);
void json_append_str(struct json *json, struct str value);
void json_append_int(struct json *json, int64_t value);

/* The whole text, on one line, in ARENA; ERR_MEMORY. */
enum err json_write(const struct json *json, struct arena *arena,
    struct str *out) MUST_CHECK;

#endif
