/* SPDX-License-Identifier: ISC */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BUF_FIRST 256u

struct buf
buf_in(struct arena *arena)
{
	return (struct buf){ .arena = arena };
}

/* Makes room for MORE bytes and a NUL; false (and sticky) if it cannot. */
static bool
buf_reserve(struct buf *b, size_t more)
{
	size_t need, cap;
	char *p;

	if (b->failed || more > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) {
		b->failed = true;
		return false;
	}
	need = b->len + more + 1;
	if (need <= b->cap)
		return true;
	cap = b->cap * 2 > need ? b->cap * 2 : need;
	if (cap < BUF_FIRST)
		cap = BUF_FIRST;
	if ((p = arena_alloc(b->arena, cap)) == NULL) {
		b->failed = true;
		return false;
	}
	if (b->len > 0)
		memcpy(p, b->data, b->len);
	b->data = p;
	b->cap = cap;
	return true;
}

char *
buf_extend(struct buf *b, size_t len)
{
	char *at;

	if (!buf_reserve(b, len))
		return NULL;
	at = b->data + b->len;
	b->len += len;
	b->data[b->len] = '\0';
	return at;
}

void
buf_add(struct buf *b, struct str s)
{
	char *at = buf_extend(b, s.len);

	if (at != NULL && s.len > 0)
		memcpy(at, s.ptr, s.len);
}

void
buf_join(struct buf *b, const struct str *texts, size_t count)
{
	size_t len = 0;
	char *at;

	/* Texts are parts of memory: together they are no more than that. */
	for (size_t i = 0; i < count; i++)
		len += texts[i].len;
	if ((at = buf_extend(b, len)) == NULL)
		return;
	for (size_t i = 0; i < count; at += texts[i++].len)
		if (texts[i].len > 0)
			memcpy(at, texts[i].ptr, texts[i].len);
}

void
buf_percent(struct buf *buf, struct str s)
{
	const struct str plain = STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~");

	for (size_t i = 0; i < s.len; i++) {
		if (str_find(plain, s.ptr[i]) < plain.len)
			buf_add(buf, str_part(s, i, 1));
		else
			buf_printf(buf, "%%%02X", (unsigned char)s.ptr[i]);
	}
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0)
		b->failed = true;
	else if (buf_reserve(b, (size_t)n)) {
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

struct str
buf_str(const struct buf *b)
{
	return (struct str){ b->data != NULL ? b->data : "", b->len };
}
