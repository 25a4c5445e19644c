/* SPDX-License-Identifier: ISC */
#include "nginx_token.h"

#include <string.h>

static bool
nginx_token_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The byte read next, which is then behind; -1 at the end. */
static int
nginx_token_get(struct nginx_text *t)
{
	if (t->at == t->end)
		return -1;
	if (*t->at == '\n')
		t->line++;
	return (unsigned char)*t->at++;
}

static int
nginx_token_peek(const struct nginx_text *t)
{
	return t->at == t->end ? -1 : (unsigned char)*t->at;
}

static void
nginx_token_skip_blanks(struct nginx_text *t)
{
	int c;

	while ((c = nginx_token_peek(t)) >= 0) {
		if (c == '#')
			while ((c = nginx_token_peek(t)) >= 0 && c != '\n')
				(void)nginx_token_get(t);
		else if (!nginx_token_is_blank((char)c))
			return;
		else
			(void)nginx_token_get(t);
	}
}

/*
 * The bytes of a word, still with its escapes: up to QUOTE, or (0) up to what
 * ends a bare word. False if the quote never ends.
 */
static bool
nginx_token_span(struct nginx_text *t, int quote, struct str *out)
{
	const char *from = t->at;
	bool dollar = false;
	int c;

	while ((c = nginx_token_peek(t)) >= 0) {
		if (quote != 0 ? c == quote :
		    nginx_token_is_blank((char)c) || c == ';' ||
		    (c == '{' && !dollar))
			break;
		dollar = c == '$';
		(void)nginx_token_get(t);
		if (c == '\\')
			(void)nginx_token_get(t);
	}
	*out = (struct str){ from, (size_t)(t->at - from) };
	return quote == 0 || c == quote;
}

/* RAW without its escapes, as ngx_conf_read_token copies it. */
static const char *
nginx_token_unescape(struct arena *arena, struct str raw)
{
	char *out = arena_alloc(arena, raw.len + 1);
	size_t n = 0;

	for (size_t i = 0; out != NULL && i < raw.len; i++) {
		char c = raw.ptr[i];
		char next = i + 1 < raw.len ? raw.ptr[i + 1] : '\0';

		if (c == '\\' && next != '\0' &&
		    strchr("\"'\\tnr", next) != NULL) {
			c = next == 't' ? '\t' : next == 'n' ? '\n' :
			    next == 'r' ? '\r' : next;
			i++;
		}
		out[n++] = c;
	}
	if (out != NULL)
		out[n] = '\0';
	return out;
}

enum nginx_token
nginx_token_next(struct nginx_text *t, struct arena *arena, const char **word,
    int *line)
{
	struct str raw;
	int c, quote = 0;

	nginx_token_skip_blanks(t);
	*line = t->line;
	if ((c = nginx_token_peek(t)) < 0)
		return NGINX_TOKEN_END;
	if (c == ';' || c == '{' || c == '}') {
		(void)nginx_token_get(t);
		return c == ';' ? NGINX_TOKEN_SEMICOLON :
		    c == '{' ? NGINX_TOKEN_OPEN : NGINX_TOKEN_CLOSE;
	}
	if (c == '"' || c == '\'')
		quote = nginx_token_get(t);
	if (!nginx_token_span(t, quote, &raw))
		return NGINX_TOKEN_BAD;
	if (quote != 0) {
		(void)nginx_token_get(t);
		c = nginx_token_peek(t);
		if (c >= 0 && !nginx_token_is_blank((char)c) &&
		    strchr(";{)", c) == NULL)
			return NGINX_TOKEN_BAD;
	}
	*word = nginx_token_unescape(arena, raw);
	return *word == NULL ? NGINX_TOKEN_MEMORY : NGINX_TOKEN_WORD;
}

/* Behind a Lua string that QUOTE opened. */
static void
nginx_token_skip_string(struct nginx_text *t, int quote)
{
	int c;

	while ((c = nginx_token_get(t)) >= 0 && c != quote && c != '\n')
		if (c == '\\')
			(void)nginx_token_get(t);
}

bool
nginx_token_skip_block(struct nginx_text *t)
{
	int c, depth = 1;

	while (depth > 0 && (c = nginx_token_get(t)) >= 0) {
		if (c == '{')
			depth++;
		else if (c == '}')
			depth--;
		else if (c == '"' || c == '\'')
			nginx_token_skip_string(t, c);
		else if (c == '-' && nginx_token_peek(t) == '-')
			nginx_token_skip_string(t, '\n');
	}
	return depth == 0;
}
