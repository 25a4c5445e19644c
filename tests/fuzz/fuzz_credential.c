/* SPDX-License-Identifier: ISC */
/*
 * fuzz_credential [tests]: a credential that is taken is just what its parts
 * make again; everything else is a 401 with a name.
 *
 * The input is the Authorization header, then X-API-Key and the query, each
 * after a byte 0x1e. A first byte 'B' stands for "Basic " and the base64 of
 * the rest of the header, any other first byte for nothing. {key} anywhere is
 * a whole key: so no corpus needs to hold one.
 */
#include "base64.h"
#include "credential.h"
#include "err.h"
#include "fuzz.h"

#define FUZZ_SEPARATOR '\x1e'
#define FUZZ_MARK "{key}"

/* TEXT with each FUZZ_MARK made a key, in a block of just its size. */
static struct str
fuzz_expand(const struct keytext_rules *rules, struct str text)
{
	const struct str mark = STR(FUZZ_MARK);
	char key[KEYTEXT_SIZE];
	size_t n = 0;
	char *room = fuzz_room(text.len * sizeof(key)), *out;

	FUZZ_CHECK(keytext_make(rules, rules->environments[0],
	    "0123456789ABCDEFGHIJKLMNOPQRSTUV", key) == ERR_OK);
	for (size_t i = 0; i < text.len; i++) {
		struct str add = str_part(text, i, 1);

		if (str_starts(str_part(text, i, text.len), mark)) {
			add = str_of(key);
			i += mark.len - 1;
		}
		memcpy(room + n, add.ptr, add.len);
		n += add.len;
	}
	out = fuzz_room(n);
	memcpy(out, room, n);
	free(room);
	return (struct str){ out, n };
}

/* "Basic " and the base64 of PLAIN, in a block of just its size. */
static struct str
fuzz_basic(struct str plain)
{
	size_t len = BASE64_SIZE(plain.len) - 1;
	char *text = fuzz_room(len + 1), *out = fuzz_room(6 + len);

	base64_encode(plain.ptr, plain.len, text);
	memcpy(out, "Basic ", 6);
	memcpy(out + 6, text, len);
	free(text);
	return (struct str){ out, 6 + len };
}

static struct str
fuzz_header(const struct keytext_rules *rules, struct str part)
{
	struct str plain = fuzz_expand(rules, str_part(part, 1, part.len));
	struct str out;

	if (part.len == 0 || part.ptr[0] != 'B')
		return plain;
	out = fuzz_basic(plain);
	free((void *)(uintptr_t)plain.ptr);
	return out;
}

/* The header that the parts of CREDENTIAL make, without its scheme. */
static void
fuzz_same(const struct credential *credential, struct str value)
{
	char plain[CREDENTIAL_MAX * 2];
	struct str scheme, rest, again = credential->key.text;
	bool basic = credential->scheme == CREDENTIAL_BASIC;
	int n;

	FUZZ_CHECK(str_cut(str_trim(value), ' ', &scheme, &rest));
	FUZZ_CHECK(str_eq_nocase(scheme, basic ? STR("Basic") :
	    STR("Bearer")));
	if (!basic) {
		FUZZ_CHECK(credential->account == 0);
		FUZZ_CHECK(str_eq(str_trim(rest), again));
		return;
	}
	FUZZ_CHECK(credential->account > 0);
	n = snprintf(plain, sizeof(plain), "%lld:%.*s",
	    (long long)credential->account, (int)again.len, again.ptr);
	FUZZ_CHECK(n > 0 && (size_t)n < sizeof(plain));
	again = fuzz_basic((struct str){ plain, (size_t)n });
	FUZZ_CHECK(str_eq(str_trim(rest), str_part(again, 6, again.len)));
	free((void *)(uintptr_t)again.ptr);
}

static void
fuzz_parse(const struct keytext_rules *rules,
    const struct credential_sources *sources)
{
	struct credential_room room;
	struct credential credential;
	struct keytext key;
	enum err err = credential_parse(rules, sources, &room, &credential);

	if (err != ERR_OK) {
		FUZZ_CHECK(err_http(err) == 401);
		return;
	}
	FUZZ_CHECK(sources->has_authorization);
	FUZZ_CHECK(sources->authorization.len > 0);
	FUZZ_CHECK(str_trim(sources->authorization).len <= CREDENTIAL_MAX);
	FUZZ_CHECK(!keytext_resembles(rules, sources->x_api_key));
	FUZZ_CHECK(!keytext_within(rules, sources->query));
	FUZZ_CHECK(keytext_parse(rules, credential.key.text, &key) == ERR_OK);
	fuzz_same(&credential, sources->authorization);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keytext_rules rules = fuzz_rules();
	struct str input = { (const char *)data, size }, first, rest;
	struct str second, third;
	struct credential_sources sources = { .has_authorization = true };

	(void)str_cut(input, FUZZ_SEPARATOR, &first, &rest);
	(void)str_cut(rest, FUZZ_SEPARATOR, &second, &third);
	sources.authorization = fuzz_header(&rules, first);
	sources.x_api_key = fuzz_expand(&rules, second);
	sources.query = fuzz_expand(&rules, third);
	fuzz_parse(&rules, &sources);
	sources.has_authorization = false;
	fuzz_parse(&rules, &sources);
	free((void *)(uintptr_t)sources.authorization.ptr);
	free((void *)(uintptr_t)sources.x_api_key.ptr);
	free((void *)(uintptr_t)sources.query.ptr);
	return 0;
}
