/* SPDX-License-Identifier: ISC */
/*
 * buf [layer 0]: text that grows inside an arena. The first failure sticks,
 * so a writer adds everything and looks once at the end.
 */
#ifndef HASP_BUF_H
#define HASP_BUF_H

#include "arena.h"
#include "str.h"

struct buf {
	struct arena *arena;	/* where the text lives; not owned */
	char *data;		/* NUL-terminated once anything was added */
	size_t len;		/* bytes before the NUL */
	size_t cap;		/* bytes at data */
	bool failed;		/* the arena was full, or a format was bad */
};

/* An empty text in ARENA; nothing to free. */
struct buf buf_in(struct arena *arena);

/* LEN more bytes, all of which the caller fills; NULL if it failed. */
char *buf_extend(struct buf *buf, size_t len) MUST_CHECK;

void buf_add(struct buf *buf, struct str s);

/* COUNT texts, one after another: all of them or, failed, none. */
void buf_join(struct buf *buf, const struct str *texts, size_t count);

/*
 * S with every byte but letters, digits and -._~ percent-encoded (RFC 3986
 * section 2.1).
 */
void buf_percent(struct buf *buf, struct str s);

void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* What was added; only meaningful while buf->failed is false. */
struct str buf_str(const struct buf *buf);

#endif
