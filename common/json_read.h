/* SPDX-License-Identifier: ISC */
/*
 * json_read [layer 3]: reading JSON texts that strangers sent. jsontext
 * decides what json-c may see. A value is json-c's, borrowed from the text it
 * is in: it is gone when that is closed. NULL is the value null.
 */
#ifndef HASP_JSON_READ_H
#define HASP_JSON_READ_H

#include "json.h"

struct json_object;

enum json_read_kind {
	JSON_READ_NULL,
	JSON_READ_BOOL,
	JSON_READ_NUMBER,
	JSON_READ_TEXT,
	JSON_READ_ARRAY,
	JSON_READ_OBJECT,
};

/*
 * The object that TEXT is, which the caller closes with json_close. The errors
 * of jsontext_check; ERR_BODY_MALFORMED also if it is no object; ERR_MEMORY.
 */
enum err json_read_object(struct str text, struct json **out) MUST_CHECK;

/* The object that was read. */
struct json_object *json_read_top(const struct json *json);

enum json_read_kind json_read_kind(const struct json_object *value);

/*
 * False, with OUT left alone, for a value of another kind; json_read_int also
 * for a number with fraction or exponent, and for what is not between
 * INT64_MIN and INT64_MAX, both excluded: json-c makes these of what is beyond.
 */
bool json_read_int(const struct json_object *value, int64_t *out) MUST_CHECK;
bool json_read_bool(const struct json_object *value, bool *out) MUST_CHECK;
bool json_read_text(struct json_object *value, struct str *out) MUST_CHECK;

/* The elements of an array; 0 for a value of another kind. */
size_t json_read_count(const struct json_object *value);

/* The element at INDEX, from 0 and below json_read_count. */
struct json_object *json_read_element(const struct json_object *value,
    size_t index);

/* Whether OBJECT has a member NAME, and its value, which may be NULL. */
bool json_read_member(const struct json_object *object, const char *name,
    struct json_object **value) MUST_CHECK;

/* The name of member INDEX, from 0, as it was sent; NULL behind the last. */
const char *json_read_name(struct json_object *object, size_t index);

#endif
