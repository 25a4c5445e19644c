/* SPDX-License-Identifier: ISC */
#include "nginx_config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nginx_token.h"

#define NGINX_CONFIG_DEPTH 32		/* blocks and includes inside others */
#define NGINX_CONFIG_WORDS 2048		/* of one directive */

struct nginx_parser {
	struct nginx_source *source;
	struct arena *arena;
	char *message;
	const char *words[NGINX_CONFIG_WORDS];	/* of the directive read */
};

static enum err nginx_config_read(struct nginx_parser *parser,
    struct nginx_text *text, struct nginx_node *parent, bool block,
    int depth) MUST_CHECK;

static enum err
nginx_config_fault(struct nginx_parser *p, const char *file, int line,
    const char *what, const char *word)
{
	(void)snprintf(p->message, NGINX_CONFIG_MESSAGE_SIZE,
	    "%.200s:%d: %s%s%.100s", file, line, what,
	    *word == '\0' ? "" : " ", word);
	return ERR_INVALID;
}

static struct nginx_node *
nginx_config_add(struct nginx_parser *p, struct nginx_node *parent,
    const struct nginx_text *text, int line, size_t words)
{
	struct nginx_node *node = arena_alloc(p->arena, sizeof(*node));
	size_t size = (words - 1) * sizeof(*node->args);

	if (node == NULL)
		return NULL;
	*node = (struct nginx_node){
		.name = p->words[0], .file = text->file, .line = line,
		.parent = parent, .arg_count = words - 1,
		.args = arena_alloc(p->arena, size),
	};
	if (node->args == NULL)
		return NULL;
	if (size > 0)
		memcpy(node->args, p->words + 1, size);
	if (parent->last != NULL)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	return node;
}

/* Reads what `include` names into PARENT, in place of the include. */
static enum err
nginx_config_include(struct nginx_parser *p, const struct nginx_text *text,
    int line, const char *pattern, struct nginx_node *parent, int depth)
{
	struct nginx_file *files = NULL;
	size_t count = 0;
	enum err err;

	if (depth >= NGINX_CONFIG_DEPTH)
		return nginx_config_fault(p, text->file, line,
		    "too many includes inside each other:", pattern);
	errno = 0;
	err = nginx_source_include(p->source, pattern, &files, &count);
	if (err == ERR_MEMORY)
		return err;
	if (err != ERR_OK)
		return nginx_config_fault(p, text->file, line,
		    err == ERR_NOT_FOUND ? "there is no file" :
		    "cannot be read:", pattern);
	for (size_t i = 0; i < count; i++) {
		struct nginx_text included = {
			.file = files[i].name, .at = files[i].text.ptr,
			.end = files[i].text.ptr + files[i].text.len,
			.line = 1,
		};

		err = nginx_config_read(p, &included, parent, false,
		    depth + 1);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static bool
nginx_config_is_foreign(const char *name)
{
	struct str s = str_of(name), tail = STR("_by_lua_block");

	return s.len >= tail.len &&
	    str_eq(str_part(s, s.len - tail.len, tail.len), tail);
}

/* The directive of WORDS words, which END (; or {) has ended. */
static enum err
nginx_config_directive(struct nginx_parser *p, struct nginx_text *text,
    struct nginx_node *parent, int line, size_t words, enum nginx_token end,
    int depth)
{
	struct nginx_node *node;

	if (words == 0)
		return nginx_config_fault(p, text->file, text->line,
		    "unexpected ; or {", "");
	if (end == NGINX_TOKEN_SEMICOLON && words == 2 &&
	    strcmp(p->words[0], "include") == 0)
		return nginx_config_include(p, text, line, p->words[1],
		    parent, depth);
	node = nginx_config_add(p, parent, text, line, words);
	if (node == NULL)
		return ERR_MEMORY;
	if (end == NGINX_TOKEN_SEMICOLON)
		return ERR_OK;
	if (depth >= NGINX_CONFIG_DEPTH)
		return nginx_config_fault(p, text->file, line,
		    "too many blocks inside each other:", node->name);
	if (!nginx_config_is_foreign(node->name))
		return nginx_config_read(p, text, node, true, depth + 1);
	return nginx_token_skip_block(text) ? ERR_OK :
	    nginx_config_fault(p, text->file, line, "no end of", node->name);
}

/* Directives of TEXT into PARENT, to the } of its block or to the end. */
static enum err
nginx_config_read(struct nginx_parser *p, struct nginx_text *text,
    struct nginx_node *parent, bool block, int depth)
{
	size_t words = 0;
	const char *word = NULL;
	int line = 0, first = 0;
	enum nginx_token token;
	enum err err;

	for (;;) {
		token = nginx_token_next(text, p->arena, &word, &line);
		switch (token) {
		case NGINX_TOKEN_WORD:
			if (words == NGINX_CONFIG_WORDS)
				return nginx_config_fault(p, text->file, line,
				    "too many words", "");
			first = words == 0 ? line : first;
			p->words[words++] = word;
			continue;
		case NGINX_TOKEN_SEMICOLON:
		case NGINX_TOKEN_OPEN:
			err = nginx_config_directive(p, text, parent, first,
			    words, token, depth);
			if (err != ERR_OK)
				return err;
			words = 0;
			continue;
		case NGINX_TOKEN_MEMORY:
			return ERR_MEMORY;
		case NGINX_TOKEN_BAD:
			return nginx_config_fault(p, text->file, line,
			    "a quote does not end where its word does", "");
		case NGINX_TOKEN_CLOSE:
			if (block && words == 0)
				return ERR_OK;
			return nginx_config_fault(p, text->file,
			    words == 0 ? line : first,
			    words == 0 ? "unexpected }" : "no ; behind",
			    words == 0 ? "" : p->words[0]);
		case NGINX_TOKEN_END:
			if (!block && words == 0)
				return ERR_OK;
			return nginx_config_fault(p, text->file,
			    words == 0 ? line : first,
			    words == 0 ? "no } at the end of" : "no ; behind",
			    words == 0 ? parent->name : p->words[0]);
		}
	}
}

enum err
nginx_config_parse(struct nginx_source *source, struct nginx_node **root,
    char message[NGINX_CONFIG_MESSAGE_SIZE])
{
	struct nginx_parser *parser CLEANUP_FREE = calloc(1, sizeof(*parser));
	const struct nginx_file *file = &source->files[0];
	struct nginx_text text = {
		.file = file->name, .at = file->text.ptr,
		.end = file->text.ptr + file->text.len, .line = 1,
	};

	message[0] = '\0';
	*root = arena_alloc(source->arena, sizeof(**root));
	if (parser == NULL || *root == NULL)
		return ERR_MEMORY;
	**root = (struct nginx_node){
		.name = "", .file = file->name, .line = 1,
	};
	parser->source = source;
	parser->arena = source->arena;
	parser->message = message;
	return nginx_config_read(parser, &text, *root, false, 0);
}

bool
nginx_config_is(const struct nginx_node *node, const char *name)
{
	return strcmp(node->name, name) == 0;
}

const char *
nginx_config_arg(const struct nginx_node *node, size_t i)
{
	return i < node->arg_count ? node->args[i] : "";
}

const struct nginx_node *
nginx_config_child(const struct nginx_node *node, const char *name,
    const struct nginx_node *after)
{
	const struct nginx_node *at = after == NULL ? node->first :
	    after->next;

	while (at != NULL && !nginx_config_is(at, name))
		at = at->next;
	return at;
}

const struct nginx_node *
nginx_config_level(const struct nginx_node *node, const char *name)
{
	while (node != NULL && nginx_config_child(node, name, NULL) == NULL)
		node = node->parent;
	return node;
}

const struct nginx_node *
nginx_config_effective(const struct nginx_node *node, const char *name)
{
	const struct nginx_node *level = nginx_config_level(node, name);

	return level == NULL ? NULL : nginx_config_child(level, name, NULL);
}

bool
nginx_config_has(const struct nginx_node *node, const char *name,
    const char *value)
{
	const struct nginx_node *found = nginx_config_effective(node, name);

	return found != NULL && strcmp(nginx_config_arg(found, 0), value) == 0;
}

/* Those of nginx, in milliseconds; ms before m. */
static const struct {
	const char *name;
	int64_t ms;
} nginx_config_units[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", 60000 },
	{ "h", 3600000 },
	{ "d", 86400000 },
	{ "w", INT64_C(604800000) },
	{ "M", INT64_C(2592000000) },
	{ "y", INT64_C(31536000000) },
	{ "", 1000 },
};

/* The unit that TEXT begins with; REST is what stands behind it. */
static int64_t
nginx_config_unit(const char *text, const char **rest)
{
	for (size_t i = 0; i < ARRAY_LEN(nginx_config_units); i++) {
		const char *name = nginx_config_units[i].name;

		if (strncmp(text, name, strlen(name)) != 0)
			continue;
		*rest = text + strlen(name);
		*rest += strspn(*rest, " ");
		return nginx_config_units[i].ms;
	}
	return 0;
}

int64_t
nginx_config_time(const char *text)
{
	int64_t ms = 0;

	do {
		struct str digits = { text, strspn(text, "0123456789") };
		uint64_t number;

		if (!str_u64(digits, INT32_MAX, &number))
			return INT64_MAX;
		ms += (int64_t)number * nginx_config_unit(text + digits.len,
		    &text);
		/* No setting of nginx is so long. */
		if (ms > INT32_MAX * INT64_C(1000))
			return INT64_MAX;
	} while (*text != '\0');
	return ms;
}

void
nginx_config_walk(const struct nginx_node *node,
    void (*visit)(const struct nginx_node *node, void *arg), void *arg)
{
	for (const struct nginx_node *n = node->first; n != NULL;
	    n = n->next) {
		visit(n, arg);
		nginx_config_walk(n, visit, arg);
	}
}
