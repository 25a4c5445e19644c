/* SPDX-License-Identifier: ISC */
#include "target.h"

#include "percent.h"

struct target
target_parse(struct str raw)
{
	struct target out;
	struct str scheme, rest;
	size_t slash, query;

	/* Absolute form: what stands before "://" is a scheme, not a path. */
	if (raw.len > 0 && raw.ptr[0] != '/' &&
	    str_cut(raw, ':', &scheme, &rest) &&
	    str_starts(rest, STR("//"))) {
		rest = str_part(rest, 2, rest.len);
		/* A query can follow the host at once: no path is in it. */
		slash = str_find(rest, '/');
		query = str_find(rest, '?');
		raw = str_part(rest, slash < query ? slash : query, rest.len);
	}
	(void)str_cut(raw, '?', &out.path, &out.query);
	return out;
}

/* A byte, or an escape, that servers read in more than one way. */
static bool
target_odd_byte(struct str path, size_t i)
{
	static const struct str odd_escapes = { "\0./\\%;#?", 8 };
	unsigned char c = (unsigned char)path.ptr[i];
	int escaped;

	if (c <= 0x20 || c >= 0x7f || c == ';' || c == '\\' || c == '#')
		return true;
	if (c != '%')
		return false;
	escaped = percent_byte(path, i);
	return escaped < 0x20 || escaped == 0x7f ||
	    str_find(odd_escapes, (char)escaped) < odd_escapes.len;
}

bool
target_ambiguous(struct str path)
{
	struct str rest, segment;
	bool more;

	for (size_t i = 0; i < path.len; i++)
		if (target_odd_byte(path, i))
			return true;
	if (path.len == 0 || path.ptr[0] != '/')
		return true;
	rest = str_part(path, 1, path.len);
	do {
		more = str_cut(rest, '/', &segment, &rest);
		if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")) ||
		    (segment.len == 0 && more))
			return true;
	} while (more);
	return false;
}

/* Whether NAME, percent-encoded as it may be, spells WANT in either case. */
static bool
target_spells(struct str name, struct str want)
{
	size_t n = 0;

	for (size_t i = 0; i < name.len; i++, n++) {
		int escaped = percent_byte(name, i);
		char c = escaped >= 0 ? (char)escaped : name.ptr[i];

		if (n >= want.len || !str_eq_nocase((struct str){ &c, 1 },
		    str_part(want, n, 1)))
			return false;
		if (escaped >= 0)
			i += 2;
	}
	return n == want.len;
}

bool
target_has_parameter(struct str query, struct str name)
{
	struct str pair, key, value;

	while (str_word(&query, "&;", &pair)) {
		(void)str_cut(pair, '=', &key, &value);
		if (target_spells(key, name))
			return true;
	}
	return false;
}

/* Whether the name RAW, decoded, is NAME. */
static bool
target_is(struct str raw, struct str name)
{
	char room[TARGET_NAME_MAX];
	struct str plain;

	return percent_decode(raw, room, sizeof(room), &plain) &&
	    str_eq(plain, name);
}

enum target_answer
target_parameter(struct str query, struct str name, char *room, size_t size,
    struct str *value)
{
	struct str pair, key, raw, found = STR("");
	size_t count = 0;

	while (str_word(&query, "&;", &pair)) {
		(void)str_cut(pair, '=', &key, &raw);
		if (!target_is(key, name))
			continue;
		found = raw;
		count++;
	}
	if (count != 1)
		return count == 0 ? TARGET_ABSENT : TARGET_TWICE;
	if (!percent_decode(found, room, size, &found))
		return TARGET_BAD;
	*value = found;
	return TARGET_FOUND;
}

bool
target_parameters_known(struct str query, const char *const *names)
{
	struct str pair, key, raw;
	size_t i;

	while (str_word(&query, "&;", &pair)) {
		(void)str_cut(pair, '=', &key, &raw);
		for (i = 0; names[i] != NULL; i++)
			if (target_is(key, str_of(names[i])))
				break;
		if (names[i] == NULL)
			return false;
	}
	return true;
}
