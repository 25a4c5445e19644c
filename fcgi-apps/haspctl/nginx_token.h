/* SPDX-License-Identifier: ISC */
/*
 * nginx_token [layer 8]: the words of nginx's configuration language, cut as
 * ngx_conf_read_token does: quotes, escapes, comments, ${variables}. Pure.
 */
#ifndef HASPCTL_NGINX_TOKEN_H
#define HASPCTL_NGINX_TOKEN_H

#include "arena.h"
#include "str.h"

enum nginx_token {
	NGINX_TOKEN_WORD,
	NGINX_TOKEN_SEMICOLON,
	NGINX_TOKEN_OPEN,
	NGINX_TOKEN_CLOSE,
	NGINX_TOKEN_END,
	NGINX_TOKEN_BAD,	/* an open quote, text stuck to a quote */
	NGINX_TOKEN_MEMORY,
};

struct nginx_text {
	const char *file;	/* its name, for messages */
	const char *at;		/* what is read next */
	const char *end;
	int line;		/* of what is read next, from 1 */
};

/*
 * The next token; a word goes into WORD, unquoted, in ARENA, and the line it
 * begins on into LINE.
 */
enum nginx_token nginx_token_next(struct nginx_text *text,
    struct arena *arena, const char **word, int *line) MUST_CHECK;

/*
 * After the { of a directive whose block is another language (Lua): skips to
 * behind the } that ends it. False if there is none.
 */
bool nginx_token_skip_block(struct nginx_text *text) MUST_CHECK;

#endif
