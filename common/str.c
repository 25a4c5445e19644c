/* SPDX-License-Identifier: ISC */
#include "str.h"

#include <endian.h>
#include <string.h>

struct str
str_of(const char *text)
{
	if (text == NULL)
		return STR("");
	return (struct str){ text, strlen(text) };
}

struct str
str_part(struct str s, size_t from, size_t len)
{
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return (struct str){ s.len > 0 ? s.ptr + from : s.ptr, len };
}

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static unsigned char
str_lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? (unsigned char)(u - 'A' + 'a') : u;
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (str_lower(a.ptr[i]) != str_lower(b.ptr[i]))
			return false;
	return true;
}

bool
str_starts(struct str s, struct str prefix)
{
	return str_eq(str_part(s, 0, prefix.len), prefix);
}

bool
str_starts_nocase(struct str s, struct str prefix)
{
	return str_eq_nocase(str_part(s, 0, prefix.len), prefix);
}

uint64_t
str_hash(struct str s, uint64_t seed)
{
	uint64_t h = seed ^ UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
	/* Every bit of the text in every bit of the hash. */
	h = (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

uint64_t
str_mix(struct str s, uint64_t seed)
{
	uint64_t h = seed ^ (s.len * UINT64_C(0x9e3779b97f4a7c15)), word;
	size_t at = 0, rest;

	do {
		word = 0;
		rest = s.len - at < sizeof(word) ? s.len - at : sizeof(word);
		if (rest == sizeof(word))
			memcpy(&word, s.ptr + at, sizeof(word));
		else if (rest > 0)
			memcpy(&word, s.ptr + at, rest);
		/* Each step can be undone: no word makes another's vanish. */
		h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
		at += rest;
	} while (at < s.len);
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 29;
}

size_t
str_find(struct str s, char c)
{
	const char *at;

	if (s.len == 0 || (at = memchr(s.ptr, c, s.len)) == NULL)
		return s.len;
	return (size_t)(at - s.ptr);
}

bool
str_has(struct str s, struct str needle)
{
	return s.len >= needle.len &&
	    memmem(s.ptr, s.len, needle.ptr, needle.len) != NULL;
}

bool
str_cut(struct str s, char c, struct str *before, struct str *after)
{
	size_t at = str_find(s, c);

	*before = str_part(s, 0, at);
	*after = str_part(s, at == s.len ? at : at + 1, s.len);
	return at < s.len;
}

bool
str_word(struct str *rest, const char *seps, struct str *word)
{
	size_t count = strlen(seps), from = 0, to;

	/* Not strchr: it finds a NUL byte in every text. */
	while (from < rest->len && memchr(seps, rest->ptr[from], count) != NULL)
		from++;
	for (to = from; to < rest->len; to++)
		if (memchr(seps, rest->ptr[to], count) != NULL)
			break;
	*word = str_part(*rest, from, to - from);
	*rest = str_part(*rest, to, rest->len);
	return word->len > 0;
}

static bool
str_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str
str_trim(struct str s)
{
	size_t from = 0, to = s.len;

	while (from < to && str_is_blank(s.ptr[from]))
		from++;
	while (to > from && str_is_blank(s.ptr[to - 1]))
		to--;
	return str_part(s, from, to - from);
}

bool
str_all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

bool
str_all_in(struct str s, const bool set[UCHAR_MAX + 1])
{
	bool all = true;

	/* To the end: nearly always there is nothing to stop at. */
	for (size_t i = 0; i < s.len; i++)
		all &= set[(unsigned char)s.ptr[i]];
	return all;
}

bool
str_u64(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (!str_all_digits(s) || (s.len > 1 && s.ptr[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)(s.ptr[i] - '0');

		if (n > (max - digit) / 10 || digit > max)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return true;
}

struct str
str_decimal(int64_t n, char room[STR_DECIMAL_SIZE])
{
	/* Without a sign: the least number has no counterpart. */
	uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	size_t at = STR_DECIMAL_SIZE;

	/* Two at a time: each division waits for the one before. */
	for (; rest >= 10; rest /= 100) {
		room[--at] = (char)('0' + rest % 10);
		room[--at] = (char)('0' + rest / 10 % 10);
	}
	if (rest > 0 || at == STR_DECIMAL_SIZE)
		room[--at] = (char)('0' + rest);
	if (n < 0)
		room[--at] = '-';
	return (struct str){ room + at, STR_DECIMAL_SIZE - at };
}

/* The digits of four bytes, the first one's in the lowest bits of both. */
static uint64_t
str_hex_digits(uint32_t bytes)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t x = bytes;

	x = (x | x << 16) & UINT64_C(0x0000ffff0000ffff);
	x = (x | x << 8) & UINT64_C(0x00ff00ff00ff00ff);
	/* A digit's value in each byte, then what it is beyond '9' by. */
	x = (x >> 4 & ones * 0x0f) | ((x & UINT64_C(0x000f000f000f000f)) << 8);
	return x + ones * '0' +
	    ((x + ones * 6) >> 4 & ones) * ('a' - '9' - 1);
}

void
str_hex(const uint8_t *bytes, size_t count, char *out)
{
	uint64_t digits;
	uint32_t four;

	for (; count >= sizeof(four); count -= sizeof(four)) {
		memcpy(&four, bytes, sizeof(four));
		digits = htole64(str_hex_digits(le32toh(four)));
		memcpy(out, &digits, sizeof(digits));
		bytes += sizeof(four);
		out += sizeof(digits);
	}
	if (count == 0)
		return;
	four = 0;
	memcpy(&four, bytes, count);
	digits = htole64(str_hex_digits(le32toh(four)));
	memcpy(out, &digits, 2 * count);
}

/* Bytes of the character that S begins with; 0 if it is no UTF-8. */
static size_t
str_utf8_first(struct str s)
{
	/* RFC 3629 section 4: first byte, second byte, length. */
	static const struct {
		unsigned char first[2], second[2], len;
	} rows[] = {
		{ { 0xc2, 0xdf }, { 0x80, 0xbf }, 2 },
		{ { 0xe0, 0xe0 }, { 0xa0, 0xbf }, 3 },
		{ { 0xe1, 0xec }, { 0x80, 0xbf }, 3 },
		{ { 0xed, 0xed }, { 0x80, 0x9f }, 3 },
		{ { 0xee, 0xef }, { 0x80, 0xbf }, 3 },
		{ { 0xf0, 0xf0 }, { 0x90, 0xbf }, 4 },
		{ { 0xf1, 0xf3 }, { 0x80, 0xbf }, 4 },
		{ { 0xf4, 0xf4 }, { 0x80, 0x8f }, 4 },
	};
	const unsigned char *p = (const unsigned char *)s.ptr;
	size_t row = 0;

	if (p[0] < 0x80)
		return 1;
	while (row < ARRAY_LEN(rows) && p[0] > rows[row].first[1])
		row++;
	if (row == ARRAY_LEN(rows) || p[0] < rows[row].first[0] ||
	    s.len < rows[row].len ||
	    p[1] < rows[row].second[0] || p[1] > rows[row].second[1])
		return 0;
	for (size_t i = 2; i < rows[row].len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return rows[row].len;
}

bool
str_is_utf8(struct str s)
{
	size_t len;

	while (s.len > 0) {
		if ((len = str_utf8_first(s)) == 0)
			return false;
		s = str_part(s, len, s.len);
	}
	return true;
}

bool
str_rune(struct str *rest, uint32_t *rune)
{
	size_t len = rest->len > 0 ? str_utf8_first(*rest) : 0;
	uint32_t n;

	if (len == 0)
		return false;
	/* The first byte has a one for each byte, then a zero. */
	n = (unsigned char)rest->ptr[0] & (len == 1 ? 0x7fu : 0x7fu >> len);
	for (size_t i = 1; i < len; i++)
		n = n << 6 | ((unsigned char)rest->ptr[i] & 0x3f);
	*rune = n;
	*rest = str_part(*rest, len, rest->len);
	return true;
}
