/* SPDX-License-Identifier: ISC */
/*
 * fuzz_entry [tests]: whatever bytes a journal holds, what is taken for an
 * entry has texts that end and are plain, and packs into the same entry again.
 */
#include "entry.h"
#include "fuzz.h"

static void
fuzz_plain(const char *text, size_t size)
{
	FUZZ_CHECK(memchr(text, '\0', size) != NULL);
	for (; *text != '\0'; text++)
		FUZZ_CHECK(*text > ' ' && *text < 0x7f);
}

static void
fuzz_taken(const struct entry *e)
{
	FUZZ_CHECK(e->at > 0 && e->account >= 0 && e->version >= 0);
	FUZZ_CHECK(e->status >= 100 && e->status < 600);
	FUZZ_CHECK(e->identified == (e->key_id[0] != '\0'));
	FUZZ_CHECK(!(e->has_app && e->has_credential));
	FUZZ_CHECK((unsigned int)e->code <= ERR__COUNT);
	FUZZ_CHECK(entry_code(e)[0] != '\0');
	FUZZ_CHECK(entry_method(e->method)[0] != '\0');
	FUZZ_CHECK(e->address.family == 0 || e->address.family == 4 ||
	    e->address.family == 6);
	fuzz_plain(e->key_id, sizeof(e->key_id));
	fuzz_plain(e->site, sizeof(e->site));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t body[ENTRY_BODY_SIZE] = { 0 };
	struct entry a, b;

	memcpy(body, data, size < sizeof(body) ? size : sizeof(body));
	if (!entry_unpack(body, &a))
		return 0;
	fuzz_taken(&a);
	entry_pack(&a, body);
	FUZZ_CHECK(entry_unpack(body, &b));
	/* A code that is not known cannot be written again. */
	if (a.code == ERR__COUNT)
		b.code = a.code;
	FUZZ_CHECK(memcmp(&a, &b, sizeof(a)) == 0);
	return 0;
}
