/* SPDX-License-Identifier: ISC */
/*
 * fuzz_target [tests]: path and query lie within what was sent; a path that is
 * called unambiguous survives decoding and normalising unchanged; a parameter
 * that is appended is found, once; a value is UTF-8 and fits its room.
 */
#include "fuzz.h"
#include "target.h"

static void
fuzz_split(struct str raw, struct target target)
{
	size_t both = target.path.len + target.query.len;

	FUZZ_CHECK(both <= raw.len);
	FUZZ_CHECK(str_find(target.path, '?') == target.path.len);
	if (raw.len == 0 || raw.ptr[0] != '/')
		return;
	/* Origin form: the two and one question mark are all of it. */
	FUZZ_CHECK(str_eq(target.path, str_part(raw, 0, target.path.len)));
	FUZZ_CHECK(both == raw.len || both == raw.len - 1);
	FUZZ_CHECK(str_eq(target.query, str_part(raw, raw.len -
	    target.query.len, raw.len)));
}

static int
fuzz_hex(char c)
{
	const char *all = "0123456789abcdefABCDEF", *at;

	if (c == '\0' || (at = strchr(all, c)) == NULL)
		return -1;
	return at - all < 16 ? (int)(at - all) : (int)(at - all) - 6;
}

/*
 * Decodes PATH as servers do, once. What comes out must hold no byte that a
 * second server reads otherwise.
 */
static void
fuzz_unambiguous(struct str path)
{
	char *plain = fuzz_room(path.len);
	struct str out = { plain, 0 };

	FUZZ_CHECK(path.len > 0 && path.ptr[0] == '/');
	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];

		if (c == '%') {
			FUZZ_CHECK(i + 2 < path.len);
			FUZZ_CHECK(fuzz_hex(path.ptr[i + 1]) >= 0);
			FUZZ_CHECK(fuzz_hex(path.ptr[i + 2]) >= 0);
			c = (char)(fuzz_hex(path.ptr[i + 1]) * 16 +
			    fuzz_hex(path.ptr[i + 2]));
			FUZZ_CHECK(c != '/' && c != '.' && c != '%');
			FUZZ_CHECK(c != ';' && c != '\\' && c != '\0');
			i += 2;
		} else {
			FUZZ_CHECK(c > 0x20 && c < 0x7f);
			FUZZ_CHECK(c != ';' && c != '\\' && c != '#');
		}
		plain[out.len++] = c;
	}
	FUZZ_CHECK(!str_has(out, STR("//")));
	FUZZ_CHECK(!str_has(out, STR("/./")));
	FUZZ_CHECK(!str_has(out, STR("/../")));
	FUZZ_CHECK(!str_eq(str_part(out, out.len - 2, 2), STR("/.")));
	FUZZ_CHECK(out.len < 3 || !str_eq(str_part(out, out.len - 3, 3),
	    STR("/..")));
	free(plain);
}

static void
fuzz_parameter(struct str query)
{
	const struct str more = STR("&_METhod%3D&%5fmeTHOD=x");
	char *longer = fuzz_room(query.len + more.len);

	memcpy(longer, query.ptr, query.len);
	memcpy(longer + query.len, more.ptr, more.len);
	FUZZ_CHECK(target_has_parameter((struct str){ longer,
	    query.len + more.len }, STR("_method")));
	/* What is found needs at least its name's bytes. */
	FUZZ_CHECK(!target_has_parameter(query, STR("_method")) ||
	    query.len >= 7);
	free(longer);
}

/* The value of NAME in QUERY, whatever it is. */
static enum target_answer
fuzz_value(struct str query, struct str name, struct str *value)
{
	char *room = fuzz_room(query.len);
	enum target_answer answer = target_parameter(query, name, room,
	    query.len, value);

	if (answer == TARGET_FOUND) {
		FUZZ_CHECK(value->ptr == room && value->len <= query.len);
		FUZZ_CHECK(str_is_utf8(*value));
		FUZZ_CHECK(str_find(*value, '\0') == value->len);
		value->ptr = "";
		value->len = 0;
	}
	free(room);
	return answer;
}

static void
fuzz_values(struct str query)
{
	static const char *const names[] = { "limit", NULL };
	const struct str name = STR("limit"), more = STR("&lim%69t=%41+");
	char *longer = fuzz_room(query.len + more.len);
	enum target_answer before, after;
	struct str value;
	char room[2];

	if (query.len > 0)
		memcpy(longer, query.ptr, query.len);
	memcpy(longer + query.len, more.ptr, more.len);
	before = fuzz_value(query, name, &value);
	after = target_parameter((struct str){ longer, query.len + more.len },
	    name, room, sizeof(room), &value);
	FUZZ_CHECK(after == (before == TARGET_ABSENT ? TARGET_FOUND :
	    TARGET_TWICE));
	FUZZ_CHECK(after == TARGET_TWICE || str_eq(value, STR("A ")));
	/* One more that is known changes nothing. */
	FUZZ_CHECK(target_parameters_known(query, names) ==
	    target_parameters_known((struct str){ longer, query.len +
	    more.len }, names));
	free(longer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str raw = { (const char *)data, size };
	struct target target = target_parse(raw);

	fuzz_split(raw, target);
	if (!target_ambiguous(target.path))
		fuzz_unambiguous(target.path);
	if (!target_ambiguous(raw))
		fuzz_unambiguous(raw);
	if (target.query.len > 0)
		fuzz_parameter(target.query);
	fuzz_values(target.query);
	fuzz_values(raw);
	return 0;
}
