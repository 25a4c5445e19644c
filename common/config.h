/* SPDX-License-Identifier: ISC */
/*
 * config [layer 1]: hasp.conf, read once into plain values. The options are
 * the table options.def. inih finds the lines; an unknown section or name, a
 * value out of range, a line of 199 bytes or more (indented lines continue the
 * value) or an option given twice refuses the whole file, naming file and line.
 */
#ifndef HASP_CONFIG_H
#define HASP_CONFIG_H

#include "err.h"
#include "str.h"

#define CONFIG_TEXT_MAX 1000
#define CONFIG_ENVIRONMENTS_MAX 8
#define CONFIG_ENVIRONMENT_MAX 12	/* bytes of one name */
#define CONFIG_PREFIX_MAX 12
#define CONFIG_SUFFIX_MAX 3	/* of the prefixes made of that one */

/* One field an option, named section_name; texts are NUL-terminated. */
struct config {
#define CONFIG_TYPE_TEXT(f) char f[CONFIG_TEXT_MAX + 1];
#define CONFIG_TYPE_NUMBER(f) int f;
#define CONFIG_TYPE_MODE(f) int f;
#define CONFIG_TYPE_LEVEL(f) int f;
#define CONFIG_TYPE_SWITCH(f) int f;
#define O(section, name, kind, low, high, value, doc) \
	CONFIG_TYPE_##kind(section##_##name)
#include "options.def"
#undef O
	/* key_environments, cut into words. */
	struct str environments[CONFIG_ENVIRONMENTS_MAX];
	size_t environment_count;
	/* key_prefix and a suffix: of tokens and secrets of apps, and codes. */
	char token_prefix[CONFIG_PREFIX_MAX + CONFIG_SUFFIX_MAX + 1];
	char client_prefix[CONFIG_PREFIX_MAX + CONFIG_SUFFIX_MAX + 1];
	char code_prefix[CONFIG_PREFIX_MAX + CONFIG_SUFFIX_MAX + 1];
};

/* Room for the message of a refused configuration. */
#define CONFIG_MESSAGE_SIZE 512

/*
 * Reads PATH (NULL: defaults alone) for PROGRAM, whose own section fills the
 * program_* fields; other programs' sections are checked and left alone.
 * ERR_CONFIG fills MESSAGE with `file:line: what is wrong`; OUT is then not to
 * be used. The caller owns the result; end it with config_free.
 */
enum err config_read(const char *path, const char *program,
    struct config **out, char message[CONFIG_MESSAGE_SIZE]) MUST_CHECK;

void config_free(struct config *config);

/* The connection string that counts: the program's own, else [database]'s. */
const char *config_conninfo(const struct config *config);

/* One row of the option table, for help, samples and manuals. */
struct config_option {
	const char *section;
	const char *name;
	const char *kind;	/* TEXT, NUMBER, ... of options.def */
	long low, high;
	const char *value;	/* the default */
	const char *doc;
};

/* The table and its length. */
const struct config_option *config_options(size_t *count);

#endif
