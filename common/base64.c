/* SPDX-License-Identifier: ISC */
#include "base64.h"

#include <string.h>

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The value of a digit, or -1. */
static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Looks at every byte before the padding. */
static enum base64_rc
base64_check(struct str in)
{
	bool url = false;

	for (size_t i = 0; i < in.len; i++) {
		if (base64_value(in.ptr[i]) >= 0)
			continue;
		if (in.ptr[i] != '-' && in.ptr[i] != '_')
			return in.ptr[i] == '=' ? BASE64_PADDING :
			    BASE64_ALPHABET;
		url = true;
	}
	return url ? BASE64_URL : BASE64_OK;
}

enum base64_rc
base64_decode(struct str in, char *out, size_t room, size_t *len)
{
	struct str body = in;
	enum base64_rc rc;
	uint32_t bits = 0;
	unsigned int have = 0;
	size_t n = 0;

	while (body.len > 0 && in.len - body.len < 2 &&
	    body.ptr[body.len - 1] == '=')
		body.len--;
	if ((rc = base64_check(body)) != BASE64_OK)
		return rc;
	if (in.len % 4 != 0 || body.len % 4 == 1)
		return BASE64_PADDING;
	if (body.len / 4 * 3 + (body.len % 4) * 3 / 4 > room)
		return BASE64_ROOM;
	for (size_t i = 0; i < body.len; i++) {
		bits = bits << 6 | (uint32_t)base64_value(body.ptr[i]);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		out[n++] = (char)(bits >> have & 0xff);
		bits &= (1u << have) - 1;
	}
	/* Left-over bits are zero in the one canonical text. */
	if (bits != 0)
		return BASE64_PADDING;
	*len = n;
	return BASE64_OK;
}

void
base64_encode(const void *data, size_t len, char *out)
{
	const unsigned char *p = data;
	size_t n = 0;

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t v = (uint32_t)p[i] << 16;

		if (left > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (left > 2)
			v |= p[i + 2];
		out[n++] = base64_digits[v >> 18 & 63];
		out[n++] = base64_digits[v >> 12 & 63];
		out[n++] = left > 1 ? base64_digits[v >> 6 & 63] : '=';
		out[n++] = left > 2 ? base64_digits[v & 63] : '=';
	}
	out[n] = '\0';
}
