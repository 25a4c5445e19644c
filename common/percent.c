/* SPDX-License-Identifier: ISC */
#include "percent.h"

/* The value of a hexadecimal digit, or -1. */
static int
percent_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
percent_byte(struct str s, size_t i)
{
	int high, low;

	if (s.len - i < 3 || s.ptr[i] != '%')
		return -1;
	high = percent_hex(s.ptr[i + 1]);
	low = percent_hex(s.ptr[i + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool
percent_decode(struct str raw, char *room, size_t size, struct str *out)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++) {
		int c = raw.ptr[i] == '+' ? ' ' : (unsigned char)raw.ptr[i];

		if (c == '%') {
			c = percent_byte(raw, i);
			i += 2;
		}
		if (c <= 0 || n == size)
			return false;
		room[n++] = (char)c;
	}
	*out = (struct str){ room, n };
	return str_is_utf8(*out);
}
