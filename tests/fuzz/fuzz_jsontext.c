/* SPDX-License-Identifier: ISC */
/*
 * fuzz_jsontext [tests]: what is taken is taken by json-c, too, and means the
 * same to both once it was written and read again; a mistake lies within the
 * text. The input is put into a member, so that every value is tried.
 */
#include "fuzz.h"
#include "json_read.h"
#include "jsontext.h"

/* Reads TEXT twice, the second time as json-c has written it. */
static void
fuzz_again(struct str text)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct json *once CLEANUP_JSON = NULL, *twice CLEANUP_JSON = NULL;
	struct str first, second;

	if (arena == NULL)
		abort();
	FUZZ_CHECK(json_read_object(text, &once) == ERR_OK);
	FUZZ_CHECK(json_write(once, arena, &first) == ERR_OK);
	FUZZ_CHECK(json_read_object(first, &twice) == ERR_OK);
	FUZZ_CHECK(json_write(twice, arena, &second) == ERR_OK);
	FUZZ_CHECK(str_eq(first, second));
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str head = STR("{\"\":"), tail = STR("}");
	struct str text = { (const char *)data, size }, all;
	char *room = fuzz_room(head.len + size + tail.len);
	size_t at = SIZE_MAX;
	enum err err = jsontext_check(text, &at);

	FUZZ_CHECK(err == ERR_OK || err_http(err) == 400 ||
	    err == ERR_BODY_TOO_LARGE);
	FUZZ_CHECK(at <= size);
	memcpy(room, head.ptr, head.len);
	if (size > 0)
		memcpy(room + head.len, data, size);
	memcpy(room + head.len + size, tail.ptr, tail.len);
	all = (struct str){ room, head.len + size + tail.len };
	if (jsontext_check(all, &at) == ERR_OK)
		fuzz_again(all);
	else
		/* One level more, and a few bytes, are the only reasons. */
		FUZZ_CHECK(err != ERR_OK || at >= JSONTEXT_DEPTH);
	free(room);
	return 0;
}
