/* SPDX-License-Identifier: ISC */
/*
 * nginx_config [layer 8]: a configuration of nginx as a tree of directives,
 * included files in their places, each directive knowing file and line.
 */
#ifndef HASPCTL_NGINX_CONFIG_H
#define HASPCTL_NGINX_CONFIG_H

#include "arena.h"
#include "err.h"
#include "nginx_source.h"

struct nginx_node {
	const char *name;		/* "" for the root */
	const char **args;
	size_t arg_count;
	const char *file;
	int line;
	struct nginx_node *parent;	/* NULL for the root */
	struct nginx_node *first;	/* children, in order */
	struct nginx_node *last;
	struct nginx_node *next;	/* sibling */
};

#define NGINX_CONFIG_MESSAGE_SIZE 512

/*
 * Reads SOURCE; the tree lives in its arena. ERR_INVALID with MESSAGE
 * (`file:line: what is wrong`) for a text that nginx would not take either,
 * ERR_MEMORY.
 */
enum err nginx_config_parse(struct nginx_source *source,
    struct nginx_node **root, char message[NGINX_CONFIG_MESSAGE_SIZE])
    MUST_CHECK;

bool nginx_config_is(const struct nginx_node *node, const char *name);

/* Argument I, or "" if there are fewer. */
const char *nginx_config_arg(const struct nginx_node *node, size_t i);

/* The first child of that name after AFTER (NULL: from the start), or NULL. */
const struct nginx_node *nginx_config_child(const struct nginx_node *node,
    const char *name, const struct nginx_node *after);

/*
 * The level whose directives NAME count for NODE: NODE itself or the nearest
 * block around it that has one; NULL if none has. That is how nginx inherits,
 * lists such as proxy_set_header included: all or nothing.
 */
const struct nginx_node *nginx_config_level(const struct nginx_node *node,
    const char *name);

/* The first directive NAME of that level, or NULL. */
const struct nginx_node *nginx_config_effective(const struct nginx_node *node,
    const char *name);

/* Whether the effective NAME has VALUE as its first argument. */
bool nginx_config_has(const struct nginx_node *node, const char *name,
    const char *value);

/*
 * TEXT as a time, in milliseconds: numbers with units (1m30s, 500ms), without
 * one seconds, as nginx reads them. INT64_MAX for what is none or too long.
 */
int64_t nginx_config_time(const char *text);

/* Calls VISIT for every node below NODE, parents first. */
void nginx_config_walk(const struct nginx_node *node,
    void (*visit)(const struct nginx_node *node, void *arg), void *arg);

#endif
