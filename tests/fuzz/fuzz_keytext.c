/* SPDX-License-Identifier: ISC */
/*
 * fuzz_keytext [tests]: a key text that is taken is just what keytext_make
 * writes for its parts; every key that is made is taken, and never again after
 * one of its bytes was changed.
 */
#include "err.h"
#include "fuzz.h"

static const char digits[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool
fuzz_inside(struct str part, struct str whole)
{
	return part.ptr >= whole.ptr &&
	    part.ptr + part.len <= whole.ptr + whole.len;
}

static void
fuzz_taken(const struct keytext_rules *rules, struct str text,
    const struct keytext *key)
{
	size_t start = rules->prefix.len + 1 + key->environment.len + 1;
	char again[KEYTEXT_SIZE];

	FUZZ_CHECK(str_eq(key->text, text));
	FUZZ_CHECK(fuzz_inside(key->environment, text));
	FUZZ_CHECK(fuzz_inside(key->last, text));
	FUZZ_CHECK(key->last.len == KEYTEXT_LAST);
	FUZZ_CHECK(text.len == start + KEYTEXT_RANDOM + KEYTEXT_CHECK);
	FUZZ_CHECK(keytext_make(rules, key->environment, text.ptr + start,
	    again) == ERR_OK);
	FUZZ_CHECK(str_eq(str_of(again), text));
	FUZZ_CHECK(keytext_resembles(rules, text));
	FUZZ_CHECK(keytext_within(rules, text));
}

/* The input as a text that may or may not be a key. */
static void
fuzz_any(const struct keytext_rules *rules, struct str text)
{
	struct keytext key;
	enum err err = keytext_parse(rules, text, &key);

	if (err == ERR_OK) {
		fuzz_taken(rules, text, &key);
		return;
	}
	FUZZ_CHECK(err_http(err) == 401);
	FUZZ_CHECK(strncmp(err_code(err), "key_", 4) == 0);
	(void)keytext_resembles(rules, text);
	(void)keytext_within(rules, text);
}

/* The input as the random part of a key, then one changed byte. */
static void
fuzz_made(const struct keytext_rules *rules, struct str input)
{
	char random[KEYTEXT_RANDOM], made[KEYTEXT_SIZE];
	struct keytext key;
	unsigned char change;
	size_t len, at;

	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = digits[i < input.len ?
		    (unsigned char)input.ptr[i] % 62 : 0];
	FUZZ_CHECK(keytext_make(rules, rules->environments[input.len % 2],
	    random, made) == ERR_OK);
	len = strlen(made);
	FUZZ_CHECK(len < sizeof(made));
	FUZZ_CHECK(keytext_parse(rules, (struct str){ made, len }, &key) ==
	    ERR_OK);
	fuzz_taken(rules, (struct str){ made, len }, &key);
	FUZZ_CHECK(keytext_parse(rules, (struct str){ made, len - 1 }, &key) !=
	    ERR_OK);
	at = input.len > 0 ? (unsigned char)input.ptr[0] % len : 0;
	change = input.len > 1 ? (unsigned char)input.ptr[1] : 1;
	made[at] = (char)((unsigned char)made[at] ^ change);
	FUZZ_CHECK((keytext_parse(rules, (struct str){ made, len }, &key) ==
	    ERR_OK) == (change == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keytext_rules rules = fuzz_rules();
	struct str input = { (const char *)data, size };

	fuzz_any(&rules, input);
	fuzz_made(&rules, input);
	return 0;
}
