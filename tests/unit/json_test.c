/* SPDX-License-Identifier: ISC */
/* json_test: texts that are written, and failures that stick. */
#include "unit.h"

#include <stdio.h>

#include "json.h"

static struct arena *arena;

static int
open_arena(void **state)
{
	(void)state;
	return (arena = arena_new(16384)) == NULL ? -1 : 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void
test_members(void **state)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct str out;

	(void)state;
	assert_non_null(j);
	json_set_text(j, "text", "a\"b\\c\n/\x01");
	json_set_text(j, "null", NULL);
	json_set_null(j, "none");
	json_set_str(j, "view", STR("ab"));
	json_set_str(j, "empty", STR(""));
	json_set_int(j, "int", INT64_MIN);
	json_set_bool(j, "yes", true);
	json_set_time(j, "time", 0);
	json_set_time(j, "then", (int64_t)1000000 * 86400);
	assert_int_equal(json_write(j, arena, &out), ERR_OK);
	assert_str(out, "{\"text\":\"a\\\"b\\\\c\\n/\\u0001\",\"null\":null,"
	    "\"none\":null,"
	    "\"view\":\"ab\",\"empty\":\"\",\"int\":-9223372036854775808,"
	    "\"yes\":true,\"time\":null,\"then\":\"1970-01-02T00:00:00Z\"}");
}

static void
test_text_that_is_json(void **state)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct str out;

	(void)state;
	assert_non_null(j);
	json_set_json(j, "as it is", STR("{\"a\": [1, null]}"));
	json_set_json(j, "again", STR("7"));
	json_set_json(NULL, "lost", STR("7"));
	assert_int_equal(json_write(j, arena, &out), ERR_OK);
	assert_str(out, "{\"as it is\":{\"a\": [1, null]},\"again\":7}");
}

static void
test_nesting(void **state)
{
	struct json *list CLEANUP_JSON = json_array_open();
	struct json *child = json_object_open();
	struct json *top CLEANUP_JSON = json_object_open();
	struct str out;

	(void)state;
	assert_non_null(list);
	assert_non_null(child);
	assert_non_null(top);
	json_set_int(child, "n", 1);
	json_append(list, child);
	json_append_str(list, STR("x"));
	json_append_int(list, -7);
	assert_int_equal(json_write(list, arena, &out), ERR_OK);
	assert_str(out, "[{\"n\":1},\"x\",-7]");
	json_set(top, "list", list);
	list = NULL;
	assert_int_equal(json_write(top, arena, &out), ERR_OK);
	assert_str(out, "{\"list\":[{\"n\":1},\"x\",-7]}");
}

/* A child that could not be made leaves no half text behind. */
static void
test_failure_sticks(void **state)
{
	struct json *inner = json_object_open();
	struct json *j CLEANUP_JSON = json_object_open();
	struct str out = STR("untouched");

	(void)state;
	assert_non_null(j);
	assert_non_null(inner);
	json_set(inner, "lost", NULL);
	json_set(j, "inner", inner);
	json_set_int(j, "n", 1);
	assert_int_equal(json_write(j, arena, &out), ERR_MEMORY);
	assert_str(out, "untouched");
}

/* A writer looks once, at the end: also if there never was an object. */
static void
test_what_is_not_there_has_failed(void **state)
{
	struct str out = STR("untouched");

	(void)state;
	json_set_text(NULL, "a", "b");
	json_set_text(NULL, "a", NULL);
	json_set_int(NULL, "a", 1);
	json_set_bool(NULL, "a", true);
	json_set_time(NULL, "a", 1);
	json_set(NULL, "a", json_object_open());
	json_set(NULL, "a", NULL);
	json_append(NULL, json_array_open());
	json_append_str(NULL, STR("a"));
	json_append_int(NULL, 1);
	assert_int_equal(json_write(NULL, arena, &out), ERR_MEMORY);
	assert_str(out, "untouched");
}

static void
test_full_arena(void **state)
{
	struct json *j CLEANUP_JSON = json_array_open();
	struct str out;

	(void)state;
	assert_non_null(j);
	for (int i = 0; i < 5000; i++)
		json_append_str(j, STR("four"));
	assert_int_equal(json_write(j, arena, &out), ERR_MEMORY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_text_that_is_json),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_failure_sticks),
		cmocka_unit_test(test_what_is_not_there_has_failed),
		cmocka_unit_test(test_full_arena),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
