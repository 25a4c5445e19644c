/* SPDX-License-Identifier: ISC */
#include "json.h"

#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#include "clock.h"
#include "json_value.h"

struct json *
json_wrap(struct json_object *object)
{
	struct json *j;

	if (object == NULL)
		return NULL;
	if ((j = calloc(1, sizeof(*j))) == NULL) {
		json_object_put(object);
		return NULL;
	}
	j->object = object;
	return j;
}

struct json *
json_object_open(void)
{
	return json_wrap(json_object_new_object());
}

struct json *
json_array_open(void)
{
	return json_wrap(json_object_new_array());
}

void
json_close(struct json *j)
{
	if (j == NULL)
		return;
	json_object_put(j->object);
	free(j);
}

/* What is not there has failed already. */
static void
json_fail(struct json *j)
{
	if (j != NULL)
		j->failed = true;
}

/* Takes VALUE over; NULL where it could not be made. */
static void
json_put(struct json *j, const char *name, struct json_object *value)
{
	if (j == NULL || value == NULL ||
	    json_object_object_add(j->object, name, value) != 0) {
		json_object_put(value);
		json_fail(j);
	}
}

void
json_set_null(struct json *j, const char *name)
{
	if (j == NULL || json_object_object_add(j->object, name, NULL) != 0)
		json_fail(j);
}

void
json_set_str(struct json *j, const char *name, struct str value)
{
	if (value.len > INT_MAX) {
		json_fail(j);
		return;
	}
	json_put(j, name, json_object_new_string_len(
	    value.len > 0 ? value.ptr : "", (int)value.len));
}

void
json_set_text(struct json *j, const char *name, const char *value)
{
	if (value == NULL)
		json_set_null(j, name);
	else
		json_set_str(j, name, str_of(value));
}

void
json_set_int(struct json *j, const char *name, int64_t value)
{
	json_put(j, name, json_object_new_int64(value));
}

void
json_set_bool(struct json *j, const char *name, bool value)
{
	json_put(j, name, json_object_new_boolean(value));
}

void
json_set_time(struct json *j, const char *name, int64_t wall_us)
{
	char text[CLOCK_TEXT_SIZE];

	if (wall_us == 0) {
		json_set_null(j, name);
		return;
	}
	clock_text(wall_us, text);
	json_set_text(j, name, text);
}

void
json_set_json(struct json *j, const char *name, struct str value)
{
	char *text = strndup(value.len > 0 ? value.ptr : "", value.len);
	struct json_object *raw = json_object_new_object();

	if (text == NULL || raw == NULL) {
		free(text);
		json_object_put(raw);
		json_fail(j);
		return;
	}
	/* It is written as that text, which is freed with it. */
	json_object_set_serializer(raw, json_object_userdata_to_json_string,
	    text, json_object_free_userdata);
	json_put(j, name, raw);
}

/* Takes the value out of CHILD and ends it. */
static struct json_object *
json_unwrap(struct json *j, struct json *child)
{
	struct json_object *object;

	if (child == NULL) {
		json_fail(j);
		return NULL;
	}
	object = json_object_get(child->object);
	if (child->failed)
		json_fail(j);
	json_close(child);
	return object;
}

void
json_set(struct json *j, const char *name, struct json *child)
{
	json_put(j, name, json_unwrap(j, child));
}

static void
json_push(struct json *j, struct json_object *value)
{
	if (j == NULL || value == NULL ||
	    json_object_array_add(j->object, value) != 0) {
		json_object_put(value);
		json_fail(j);
	}
}

void
json_append(struct json *j, struct json *child)
{
	json_push(j, json_unwrap(j, child));
}

void
json_append_str(struct json *j, struct str value)
{
	if (value.len > INT_MAX) {
		json_fail(j);
		return;
	}
	json_push(j, json_object_new_string_len(
	    value.len > 0 ? value.ptr : "", (int)value.len));
}

void
json_append_int(struct json *j, int64_t value)
{
	json_push(j, json_object_new_int64(value));
}

enum err
json_write(const struct json *j, struct arena *arena, struct str *out)
{
	const char *text;
	size_t len;
	char *copy;

	if (j == NULL || j->failed)
		return ERR_MEMORY;
	text = json_object_to_json_string_length(j->object,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	if (text == NULL || (copy = arena_copy(arena, text, len)) == NULL)
		return ERR_MEMORY;
	*out = (struct str){ copy, len };
	return ERR_OK;
}
