/* SPDX-License-Identifier: ISC */
#include "jsontext.h"

/* Where a member's name stands: what is between its quotes. */
struct jsontext_name {
	uint32_t from, len;
	uint32_t hash;		/* FNV-1a of its characters: most differ */
};

#define JSONTEXT_FNV_BASIS 2166136261u
#define JSONTEXT_FNV_PRIME 16777619u

/* An object or array that has begun and not ended. */
struct jsontext_level {
	char end;		/* the byte that ends it */
	size_t count;		/* of names; 0 in an array */
	struct jsontext_name names[JSONTEXT_MEMBERS];
};

struct jsontext_scan {
	struct str text;
	size_t at;		/* what comes next */
	enum err err;		/* the first mistake */
	size_t seen;		/* where it is */
	size_t depth;		/* levels in use */
	struct jsontext_level levels[JSONTEXT_DEPTH];
};

/* What stands behind a backslash, and the character it means. */
static const struct str jsontext_escapes = { "\"\\/bfnrt", 8 };
static const char jsontext_escaped[] = "\"\\/\b\f\n\r\t";

static bool
jsontext_fail(struct jsontext_scan *s, enum err err, size_t at)
{
	s->err = err;
	s->seen = at;
	return false;
}

/* The byte at AT; NUL behind the end, which no grammar here has. */
static char
jsontext_peek(const struct jsontext_scan *s)
{
	return s->at < s->text.len ? s->text.ptr[s->at] : '\0';
}

/* What is there is not what must be there. */
static bool
jsontext_odd(struct jsontext_scan *s)
{
	return jsontext_fail(s, s->at < s->text.len &&
	    s->text.ptr[s->at] == '\0' ? ERR_BODY_NUL : ERR_BODY_MALFORMED,
	    s->at);
}

static void
jsontext_blanks(struct jsontext_scan *s)
{
	static const struct str blanks = { " \t\r\n", 4 };

	while (s->at < s->text.len &&
	    str_find(blanks, s->text.ptr[s->at]) < blanks.len)
		s->at++;
}

static bool
jsontext_take(struct jsontext_scan *s, char c)
{
	if (jsontext_peek(s) != c)
		return false;
	s->at++;
	return true;
}

/* Takes the digits that come next; how many. */
static size_t
jsontext_digits(struct jsontext_scan *s)
{
	size_t from = s->at;

	while (jsontext_peek(s) >= '0' && jsontext_peek(s) <= '9')
		s->at++;
	return s->at - from;
}

static bool
jsontext_number(struct jsontext_scan *s)
{
	(void)jsontext_take(s, '-');
	if (!jsontext_take(s, '0') && jsontext_digits(s) == 0)
		return jsontext_odd(s);
	if (jsontext_take(s, '.') && jsontext_digits(s) == 0)
		return jsontext_odd(s);
	if (jsontext_take(s, 'e') || jsontext_take(s, 'E')) {
		if (!jsontext_take(s, '+'))
			(void)jsontext_take(s, '-');
		if (jsontext_digits(s) == 0)
			return jsontext_odd(s);
	}
	return true;
}

static bool
jsontext_word(struct jsontext_scan *s)
{
	static const struct str words[] = {
		{ "true", 4 }, { "false", 5 }, { "null", 4 },
	};
	struct str rest = str_part(s->text, s->at, s->text.len);

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_starts(rest, words[i])) {
			s->at += words[i].len;
			return true;
		}
	return jsontext_odd(s);
}

/* The four hexadecimal digits of \uXXXX at the front of REST. */
static bool
jsontext_hex(struct str *rest, uint32_t *out)
{
	static const struct str all = { "0123456789abcdefABCDEF", 22 };
	uint32_t n = 0;
	size_t digit;

	if (rest->len < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		if ((digit = str_find(all, rest->ptr[i])) == all.len)
			return false;
		n = n << 4 | (uint32_t)(digit < 16 ? digit : digit - 6);
	}
	*out = n;
	*rest = str_part(*rest, 4, rest->len);
	return true;
}

/* What follows \u: one escape, or two that are a surrogate pair. */
static enum err
jsontext_unicode(struct str *rest, uint32_t *rune)
{
	uint32_t low;

	if (!jsontext_hex(rest, rune))
		return ERR_BODY_MALFORMED;
	if (*rune == 0)
		return ERR_BODY_NUL;
	if (*rune < 0xd800 || *rune > 0xdfff)
		return ERR_OK;
	if (*rune > 0xdbff || !str_starts(*rest, STR("\\u")))
		return ERR_BODY_NOT_UTF8;
	*rest = str_part(*rest, 2, rest->len);
	if (!jsontext_hex(rest, &low))
		return ERR_BODY_MALFORMED;
	if (low < 0xdc00 || low > 0xdfff)
		return ERR_BODY_NOT_UTF8;
	*rune = 0x10000 + ((*rune - 0xd800) << 10) + (low - 0xdc00);
	return ERR_OK;
}

/* Takes the next character, escaped or not, off what is between quotes. */
static enum err
jsontext_rune(struct str *rest, uint32_t *rune)
{
	size_t which;

	if (!str_rune(rest, rune))
		return ERR_BODY_NOT_UTF8;
	if (*rune == 0)
		return ERR_BODY_NUL;
	if (*rune < 0x20)
		return ERR_BODY_MALFORMED;
	if (*rune != '\\')
		return ERR_OK;
	if (rest->len == 0)
		return ERR_BODY_MALFORMED;
	if (rest->ptr[0] == 'u') {
		*rest = str_part(*rest, 1, rest->len);
		return jsontext_unicode(rest, rune);
	}
	which = str_find(jsontext_escapes, rest->ptr[0]);
	if (which == jsontext_escapes.len)
		return ERR_BODY_MALFORMED;
	*rune = (unsigned char)jsontext_escaped[which];
	*rest = str_part(*rest, 1, rest->len);
	return ERR_OK;
}

/* A string; NAME is what is between its quotes. */
static bool
jsontext_string(struct jsontext_scan *s, struct jsontext_name *name)
{
	size_t quote = s->at, from = quote + 1, to = from;
	uint32_t rune, hash = JSONTEXT_FNV_BASIS;
	struct str inside;
	enum err err;

	if (!jsontext_take(s, '"'))
		return jsontext_odd(s);
	while (to < s->text.len && s->text.ptr[to] != '"')
		to += s->text.ptr[to] == '\\' ? 2 : 1;
	if (to >= s->text.len)
		return jsontext_fail(s, ERR_BODY_MALFORMED, quote);
	inside = str_part(s->text, from, to - from);
	while (inside.len > 0) {
		if ((err = jsontext_rune(&inside, &rune)) != ERR_OK)
			return jsontext_fail(s, err, quote);
		hash = (uint32_t)((uint64_t)(hash ^ rune) *
		    JSONTEXT_FNV_PRIME);
	}
	*name = (struct jsontext_name){ (uint32_t)from, (uint32_t)(to - from),
	    hash };
	s->at = to + 1;
	return true;
}

/* Whether two names that were scanned spell the same. */
static bool
jsontext_same(const struct jsontext_scan *s, const struct jsontext_name *a,
    const struct jsontext_name *b)
{
	struct str left = str_part(s->text, a->from, a->len);
	struct str right = str_part(s->text, b->from, b->len);
	uint32_t one, two;

	/* Without this, long names that end differently cost much. */
	if (a->hash != b->hash)
		return false;
	while (left.len > 0 && right.len > 0)
		if (jsontext_rune(&left, &one) != ERR_OK ||
		    jsontext_rune(&right, &two) != ERR_OK || one != two)
			return false;
	return left.len == right.len;
}

/* The name of a member and its colon. */
static bool
jsontext_member(struct jsontext_scan *s)
{
	struct jsontext_level *level = &s->levels[s->depth - 1];
	struct jsontext_name name;
	size_t quote;

	jsontext_blanks(s);
	quote = s->at;
	if (!jsontext_string(s, &name))
		return false;
	for (size_t i = 0; i < level->count; i++)
		if (jsontext_same(s, &level->names[i], &name))
			return jsontext_fail(s, ERR_BODY_MEMBER_TWICE, quote);
	if (level->count == JSONTEXT_MEMBERS)
		return jsontext_fail(s, ERR_BODY_MALFORMED, quote);
	level->names[level->count++] = name;
	jsontext_blanks(s);
	return jsontext_take(s, ':') || jsontext_odd(s);
}

/* Begins an object or array; WHOLE: it ended at once. */
static bool
jsontext_open(struct jsontext_scan *s, char end, bool *whole)
{
	if (s->depth == JSONTEXT_DEPTH)
		return jsontext_fail(s, ERR_BODY_TOO_DEEP, s->at);
	s->levels[s->depth].end = end;
	s->levels[s->depth++].count = 0;
	s->at++;
	jsontext_blanks(s);
	*whole = jsontext_take(s, end);
	if (*whole) {
		s->depth--;
		return true;
	}
	return end == ']' || jsontext_member(s);
}

/* A value, or the beginning of one; WHOLE tells which. */
static bool
jsontext_value(struct jsontext_scan *s, bool *whole)
{
	struct jsontext_name name;
	char c;

	jsontext_blanks(s);
	*whole = true;
	c = jsontext_peek(s);
	if (c == '{' || c == '[')
		return jsontext_open(s, c == '{' ? '}' : ']', whole);
	if (c == '"')
		return jsontext_string(s, &name);
	if (c == '-' || (c >= '0' && c <= '9'))
		return jsontext_number(s);
	return jsontext_word(s);
}

/* What follows a value: the ends of levels, then a comma, or all's end. */
static bool
jsontext_next(struct jsontext_scan *s, bool *done)
{
	const struct jsontext_level *level;

	for (;;) {
		jsontext_blanks(s);
		*done = s->depth == 0;
		if (*done)
			return s->at == s->text.len || jsontext_odd(s);
		level = &s->levels[s->depth - 1];
		if (jsontext_take(s, ','))
			return level->end == ']' || jsontext_member(s);
		if (!jsontext_take(s, level->end))
			return jsontext_odd(s);
		s->depth--;
	}
}

enum err
jsontext_check(struct str text, size_t *offset)
{
	/* Only what depth and counts cover is read: no need to clear it. */
	struct jsontext_scan s;
	bool whole, done = false;

	*offset = JSONTEXT_MAX;
	if (text.len > JSONTEXT_MAX)
		return ERR_BODY_TOO_LARGE;
	s.text = text;
	s.at = s.depth = s.seen = 0;
	s.err = ERR_OK;
	while (!done)
		if (!jsontext_value(&s, &whole) ||
		    (whole && !jsontext_next(&s, &done)))
			break;
	*offset = s.seen;
	return s.err;
}
