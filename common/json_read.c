/* SPDX-License-Identifier: ISC */
#include "json_read.h"

#include <json-c/json.h>

#include "json_value.h"
#include "jsontext.h"

/* Levels that json-c counts: a value within the deepest array is one more. */
#define JSON_READ_DEPTH (JSONTEXT_DEPTH + 1)

static void
json_read_free(struct json_tokener **tokener)
{
	json_tokener_free(*tokener);
}

static enum err
json_read_parse(struct str text, struct json_object **out)
{
	struct json_tokener *tokener CLEANUP(json_read_free) =
	    json_tokener_new_ex(JSON_READ_DEPTH);

	if (tokener == NULL)
		return ERR_MEMORY;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
	    JSON_TOKENER_VALIDATE_UTF8);
	/* jsontext_check has bound the length. */
	*out = json_tokener_parse_ex(tokener, text.ptr, (int)text.len);
	/* It does not tell a lack of memory from a mistake. */
	return *out != NULL ? ERR_OK : ERR_BODY_MALFORMED;
}

enum err
json_read_object(struct str text, struct json **out)
{
	struct json_object *object;
	size_t offset;
	enum err err;

	if ((err = jsontext_check(text, &offset)) != ERR_OK ||
	    (err = json_read_parse(text, &object)) != ERR_OK)
		return err;
	if (!json_object_is_type(object, json_type_object)) {
		json_object_put(object);
		return ERR_BODY_MALFORMED;
	}
	*out = json_wrap(object);
	return *out == NULL ? ERR_MEMORY : ERR_OK;
}

struct json_object *
json_read_top(const struct json *json)
{
	return json->object;
}

enum json_read_kind
json_read_kind(const struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_boolean:
		return JSON_READ_BOOL;
	case json_type_double:
	case json_type_int:
		return JSON_READ_NUMBER;
	case json_type_string:
		return JSON_READ_TEXT;
	case json_type_array:
		return JSON_READ_ARRAY;
	case json_type_object:
		return JSON_READ_OBJECT;
	case json_type_null:
		break;
	}
	return JSON_READ_NULL;
}

bool
json_read_int(const struct json_object *value, int64_t *out)
{
	int64_t n;

	if (!json_object_is_type(value, json_type_int))
		return false;
	n = json_object_get_int64(value);
	if (n == INT64_MIN || n == INT64_MAX)
		return false;
	*out = n;
	return true;
}

bool
json_read_bool(const struct json_object *value, bool *out)
{
	if (!json_object_is_type(value, json_type_boolean))
		return false;
	*out = json_object_get_boolean(value) != 0;
	return true;
}

bool
json_read_text(struct json_object *value, struct str *out)
{
	if (!json_object_is_type(value, json_type_string))
		return false;
	*out = (struct str){ json_object_get_string(value),
	    (size_t)json_object_get_string_len(value) };
	return true;
}

size_t
json_read_count(const struct json_object *value)
{
	return json_object_is_type(value, json_type_array) ?
	    json_object_array_length(value) : 0;
}

struct json_object *
json_read_element(const struct json_object *value, size_t index)
{
	return json_object_array_get_idx(value, index);
}

bool
json_read_member(const struct json_object *object, const char *name,
    struct json_object **value)
{
	return json_object_object_get_ex(object, name, value) != 0;
}

const char *
json_read_name(struct json_object *object, size_t index)
{
	struct json_object_iterator at = json_object_iter_begin(object);
	struct json_object_iterator end = json_object_iter_end(object);

	while (index > 0 && !json_object_iter_equal(&at, &end)) {
		json_object_iter_next(&at);
		index--;
	}
	if (json_object_iter_equal(&at, &end))
		return NULL;
	return json_object_iter_peek_name(&at);
}
