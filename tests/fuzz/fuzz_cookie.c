/* SPDX-License-Identifier: ISC */
/*
 * fuzz_cookie [tests]: a value that is found stands in the header behind its
 * name; one more cookie of that name is found if there was none, and makes
 * both disappear if there was one.
 */
#include "cookie.h"
#include "fuzz.h"

static const struct str fuzz_name = { "__Host-hasp", 11 };

/* HEADER and TAIL in one block of just that size. */
static struct str
fuzz_join(struct str header, struct str tail)
{
	char *room = fuzz_room(header.len + tail.len);

	if (header.len > 0)
		memcpy(room, header.ptr, header.len);
	memcpy(room + header.len, tail.ptr, tail.len);
	return (struct str){ room, header.len + tail.len };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str header = { (const char *)data, size }, longer, value, two;
	bool found = cookie_find(header, fuzz_name, &value);
	bool again;

	if (found) {
		FUZZ_CHECK(value.ptr >= header.ptr + fuzz_name.len + 1);
		FUZZ_CHECK(value.ptr + value.len <= header.ptr + header.len);
		FUZZ_CHECK(value.ptr[-1] == '=');
		FUZZ_CHECK(str_eq(fuzz_name, (struct str){ value.ptr - 1 -
		    fuzz_name.len, fuzz_name.len }));
		FUZZ_CHECK(str_find(value, ';') == value.len);
	}
	longer = fuzz_join(header, STR("; __Host-hasp=x"));
	again = cookie_find(longer, fuzz_name, &two);
	FUZZ_CHECK(!found || !again);
	FUZZ_CHECK(!again || str_eq(two, STR("x")));
	/* Not even the name in it: then the new one is the only one. */
	FUZZ_CHECK(again || str_has(header, fuzz_name));
	free((void *)(uintptr_t)longer.ptr);
	return 0;
}
