/* SPDX-License-Identifier: ISC */
/*
 * fuzz_base64 [tests]: what base64_decode takes is the one text of its value,
 * agrees with a decoder that looks up digits one bit at a time, and fits the
 * room given; any bytes encode and come back.
 */
#include "base64.h"
#include "fuzz.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Bit NUMBER of the value of TEXT, counted from its start. */
static unsigned int
fuzz_bit(struct str text, size_t number)
{
	const char *digit = strchr(digits, text.ptr[number / 6]);

	FUZZ_CHECK(digit != NULL && *digit != '\0');
	return (unsigned int)(digit - digits) >> (5 - number % 6) & 1;
}

static void
fuzz_taken(struct str text, const char *plain, size_t len)
{
	size_t room = BASE64_SIZE(len);
	char *again = fuzz_room(room);

	for (size_t i = 0; i < len * 8; i++)
		FUZZ_CHECK(fuzz_bit(text, i) == ((unsigned char)plain[i / 8] >>
		    (7 - i % 8) & 1));
	base64_encode(plain, len, again);
	FUZZ_CHECK(again[room - 1] == '\0');
	FUZZ_CHECK(str_eq((struct str){ again, room - 1 }, text));
	free(again);
}

/* Decodes with just the room there must be, and with one byte less. */
static void
fuzz_decode(struct str text)
{
	size_t room = text.len / 4 * 3, len = SIZE_MAX;
	char *plain = fuzz_room(room);
	enum base64_rc rc = base64_decode(text, plain, room, &len);

	FUZZ_CHECK(rc != BASE64_ROOM);
	if (rc == BASE64_OK) {
		FUZZ_CHECK(len <= room);
		fuzz_taken(text, plain, len);
		FUZZ_CHECK(len == 0 || base64_decode(text, plain, len - 1,
		    &len) == BASE64_ROOM);
	}
	free(plain);
}

static void
fuzz_encode(struct str plain)
{
	size_t room = BASE64_SIZE(plain.len), len;
	char *text = fuzz_room(room), *back = fuzz_room(plain.len);

	base64_encode(plain.ptr, plain.len, text);
	FUZZ_CHECK(strlen(text) == room - 1);
	FUZZ_CHECK(base64_decode(str_of(text), back, plain.len, &len) ==
	    BASE64_OK);
	FUZZ_CHECK(str_eq((struct str){ back, len }, plain));
	free(text);
	free(back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size };

	fuzz_decode(input);
	fuzz_encode(input);
	return 0;
}
