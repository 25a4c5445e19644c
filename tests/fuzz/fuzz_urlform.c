/* SPDX-License-Identifier: ISC */
/*
 * fuzz_urlform [tests]: values lie within their room and are UTF-8 without NUL;
 * a known parameter that is appended is found where there was none, and refused
 * where there was one. The same bytes as an Authorization header: id and secret
 * that are found are neither empty nor more than there is room for.
 */
#include "clientid.h"
#include "fuzz.h"
#include "urlform.h"

static const char *const fuzz_names[] = { "client_id", "scope", "token" };

#define FUZZ_PARAMS ARRAY_LEN(fuzz_names)

/* Reads BODY into PARAMS, each of whose values is what it should be. */
static enum urlform_answer
fuzz_read(struct str body, struct urlform_param params[FUZZ_PARAMS],
    char *room)
{
	enum urlform_answer answer;
	size_t fault;

	for (size_t i = 0; i < FUZZ_PARAMS; i++)
		params[i] = (struct urlform_param){ .name = fuzz_names[i] };
	answer = urlform_read(body, params, FUZZ_PARAMS, room, &fault);
	FUZZ_CHECK(answer != URLFORM_TWICE || fault < FUZZ_PARAMS);
	FUZZ_CHECK(fault <= FUZZ_PARAMS);
	for (size_t i = 0; i < FUZZ_PARAMS && answer == URLFORM_READ; i++) {
		struct str value = params[i].value;

		FUZZ_CHECK(value.len == 0 || (value.ptr >= room &&
		    value.ptr + value.len <= room + body.len));
		FUZZ_CHECK(str_is_utf8(value));
		FUZZ_CHECK(str_find(value, '\0') == value.len);
		FUZZ_CHECK(params[i].seen || value.len == 0);
	}
	return answer;
}

/* BODY with one more parameter. */
static void
fuzz_append(struct str body, enum urlform_answer before, bool seen)
{
	static const struct str tail = { "&%74oken=%78", 12 };
	struct urlform_param params[FUZZ_PARAMS];
	char *longer = fuzz_room(body.len + tail.len);
	char *room = fuzz_room(body.len + tail.len);
	enum urlform_answer answer;

	if (body.len > 0)
		memcpy(longer, body.ptr, body.len);
	memcpy(longer + body.len, tail.ptr, tail.len);
	answer = fuzz_read((struct str){ longer, body.len + tail.len },
	    params, room);
	if (before != URLFORM_READ)
		FUZZ_CHECK(answer != URLFORM_READ);
	else if (seen)
		FUZZ_CHECK(answer != URLFORM_READ);
	else if (answer == URLFORM_READ)
		FUZZ_CHECK(str_eq(params[2].value, STR("x")));
	else
		FUZZ_CHECK(body.len + tail.len > 2 * URLFORM_PARAMS);
	free(room);
	free(longer);
}

static void
fuzz_client(struct str header)
{
	const struct clientid_sources sources = {
		.has_authorization = true, .authorization = header,
	};
	struct clientid_room *room = (void *)fuzz_room(sizeof(*room));
	struct clientid id;

	if (clientid_parse(&sources, room, &id) == ERR_OK) {
		FUZZ_CHECK(id.id.len > 0 && id.secret.len > 0);
		FUZZ_CHECK(id.id.ptr == room->plain);
		FUZZ_CHECK(id.secret.ptr == id.id.ptr + id.id.len);
		FUZZ_CHECK(id.id.len + id.secret.len < CLIENTID_MAX);
		FUZZ_CHECK(str_is_utf8(id.id) && str_is_utf8(id.secret));
	}
	free(room);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = { (const char *)data, size };
	struct urlform_param params[FUZZ_PARAMS];
	char *room = fuzz_room(size);
	enum urlform_answer answer = fuzz_read(body, params, room);

	fuzz_append(body, answer, params[2].seen);
	fuzz_client(body);
	FUZZ_CHECK(!urlform_is_type(body) || body.len >= 33);
	free(room);
	return 0;
}
