/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

enum config_kind {
	CONFIG_TEXT,
	CONFIG_NUMBER,
	CONFIG_MODE,
	CONFIG_LEVEL,
	CONFIG_SWITCH,
};

/* Sections by the names that stand for them in options.def. */
#define CONFIG_SECTION_database "database"
#define CONFIG_SECTION_key "key"
#define CONFIG_SECTION_problem "problem"
#define CONFIG_SECTION_log "log"
#define CONFIG_SECTION_accounts "accounts"
#define CONFIG_SECTION_apps "apps"
#define CONFIG_SECTION_auth_check "auth-check"
#define CONFIG_SECTION_program "program"

static const struct config_option config_table[] = {
#define O(section, name, kind, low, high, value, doc) \
	{ CONFIG_SECTION_##section, #name, #kind, low, high, value, doc },
#include "options.def"
#undef O
};

static const enum config_kind config_kinds[] = {
#define O(section, name, kind, low, high, value, doc) CONFIG_##kind,
#include "options.def"
#undef O
};

static const size_t config_offsets[] = {
#define O(section, name, kind, low, high, value, doc) \
	offsetof(struct config, section##_##name),
#include "options.def"
#undef O
};

#define CONFIG_COUNT ARRAY_LEN(config_table)

/* Programs whose sections a file may hold. */
static const char *const config_programs[] = {
	"auth-check", "keys", "apps", "accounts", "audit", "haspctl",
	"demo-site",
};

static const struct {
	const char *name;
	enum log_level level;
} config_levels[] = {
	{ "error", LOG_LEVEL_ERROR },
	{ "warning", LOG_LEVEL_WARNING },
	{ "notice", LOG_LEVEL_NOTICE },
	{ "info", LOG_LEVEL_INFO },
	{ "debug", LOG_LEVEL_DEBUG },
};

/* One reading of one file. */
struct config_reader {
	FILE *file;
	const char *path;
	const char *program;
	struct config *config;
	int line;		/* of the line read last */
	bool indented;		/* that line continues a value */
	bool failed;
	int fault_line;		/* where */
	char *message;		/* CONFIG_MESSAGE_SIZE, the first fault */
	int last;		/* option set last, for continuation; or -1 */
	char last_section[64];	/* the section it was set in */
	char given[CONFIG_COUNT][64];	/* section each was given in, or "" */
};

const struct config_option *
config_options(size_t *count)
{
	*count = CONFIG_COUNT;
	return config_table;
}

const char *
config_conninfo(const struct config *config)
{
	return config->program_conninfo[0] != '\0' ?
	    config->program_conninfo : config->database_conninfo;
}

/* Keeps the first fault. */
static void PRINTF_LIKE(2, 3)
config_fault(struct config_reader *r, const char *format, ...)
{
	va_list ap;
	int n;

	if (r->failed)
		return;
	r->failed = true;
	r->fault_line = r->line;
	n = snprintf(r->message, CONFIG_MESSAGE_SIZE, "%.200s:%d: ",
	    r->path, r->line);
	if (n < 0 || n >= CONFIG_MESSAGE_SIZE)
		return;
	va_start(ap, format);
	(void)vsnprintf(r->message + n, (size_t)(CONFIG_MESSAGE_SIZE - n),
	    format, ap);
	va_end(ap);
	/* Names of the file stand in it, and a terminal shows it. */
	for (char *c = r->message; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
}

/*
 * inih's fgets: Debian's build gives 200 bytes and would cut a longer line in
 * two, so that its rest could pass for an option.
 */
static char *
config_line(char *out, int room, void *stream)
{
	struct config_reader *r = stream;
	int c, n = 0;

	r->line++;
	while ((c = getc(r->file)) != EOF) {
		if (c == '\0')
			config_fault(r, "there is a NUL byte in the file");
		if (n < room - 1)
			out[n++] = (char)c;
		else if (c != '\n')
			config_fault(r, "the line is too long (198 bytes "
			    "at most); go on with an indented line");
		if (c == '\n')
			break;
	}
	if (n == 0 || r->failed)
		return NULL;
	out[n] = '\0';
	r->indented = out[0] == ' ' || out[0] == '\t';
	return out;
}

static bool
config_is_program(const struct config_reader *r, const char *section)
{
	if (strcmp(section, r->program) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(config_programs); i++)
		if (strcmp(section, config_programs[i]) == 0)
			return true;
	return false;
}

/* The option's index, or -1 with the fault told. */
static int
config_find(struct config_reader *r, const char *section, const char *name)
{
	bool program = config_is_program(r, section), known = program;

	for (size_t i = 0; i < CONFIG_COUNT; i++) {
		const char *s = config_table[i].section;

		if (strcmp(s, "program") == 0 ? !program :
		    strcmp(s, section) != 0)
			continue;
		known = true;
		if (strcmp(config_table[i].name, name) == 0)
			return (int)i;
	}
	if (known)
		config_fault(r, "there is no option '%.60s' in [%.60s]", name,
		    section);
	else
		config_fault(r, "there is no section [%.60s]", section);
	return -1;
}

static void
config_set_text(struct config_reader *r, int i, char *field, const char *value,
    bool append)
{
	const struct config_option *o = &config_table[i];
	size_t have = append ? strlen(field) + 1 : 0;
	size_t len = strlen(value);

	if (len < (size_t)o->low && !append)
		config_fault(r, "%s: at least %ld byte(s) are needed",
		    o->name, o->low);
	else if (have + len > (size_t)o->high)
		config_fault(r, "%s: longer than %ld bytes", o->name, o->high);
	else {
		if (append)
			field[have - 1] = ' ';
		memcpy(field + have, value, len + 1);
	}
}

static void
config_set_number(struct config_reader *r, int i, int *field,
    const char *value, int base)
{
	const struct config_option *o = &config_table[i];
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, base);
	if (errno != 0 || *value < '0' || *value > '9' || *end != '\0')
		config_fault(r, base == 8 ? "%s: not an octal number" :
		    "%s: not a number", o->name);
	else if (n < o->low || n > o->high)
		/* No bound is negative. */
		config_fault(r, base == 8 ? "%s: not between %lo and %lo" :
		    "%s: not between %lu and %lu", o->name,
		    (unsigned long)o->low, (unsigned long)o->high);
	else
		*field = (int)n;
}

static void
config_set_level(struct config_reader *r, int i, int *field, const char *value)
{
	for (size_t k = 0; k < ARRAY_LEN(config_levels); k++) {
		if (strcmp(config_levels[k].name, value) != 0)
			continue;
		*field = (int)config_levels[k].level;
		return;
	}
	config_fault(r, "%s: not one of error, warning, notice, info, debug",
	    config_table[i].name);
}

static void
config_set_switch(struct config_reader *r, int i, int *field,
    const char *value)
{
	*field = strcmp(value, "on") == 0;
	if (!*field && strcmp(value, "off") != 0)
		config_fault(r, "%s: neither on nor off",
		    config_table[i].name);
}

static void
config_set(struct config_reader *r, struct config *config, int i,
    const char *value, bool append)
{
	void *field = (char *)config + config_offsets[i];

	switch (config_kinds[i]) {
	case CONFIG_TEXT:
		config_set_text(r, i, field, value, append);
		break;
	case CONFIG_NUMBER:
		config_set_number(r, i, field, value, 10);
		break;
	case CONFIG_MODE:
		config_set_number(r, i, field, value, 8);
		break;
	case CONFIG_LEVEL:
		config_set_level(r, i, field, value);
		break;
	case CONFIG_SWITCH:
		config_set_switch(r, i, field, value);
		break;
	}
}

/* Whether this line goes on with the option before it; tells faults. */
static bool
config_continues(struct config_reader *r, int i, const char *section)
{
	if (r->indented && r->last == i &&
	    strcmp(r->last_section, section) == 0) {
		if (config_kinds[i] != CONFIG_TEXT)
			config_fault(r, "%s takes one line",
			    config_table[i].name);
		return true;
	}
	if (strcmp(r->given[i], section) == 0)
		config_fault(r, "%s is given twice in [%.60s]",
		    config_table[i].name, section);
	return false;
}

/* inih's handler: 1 goes on. Faults are kept in the reader. */
static int
config_handle(void *user, const char *section, const char *name,
    const char *value)
{
	struct config_reader *r = user;
	struct config *scratch CLEANUP_FREE = NULL;
	struct config *target = r->config;
	bool append;
	int i;

	if (r->failed || (i = config_find(r, section, name)) < 0)
		return 1;
	append = config_continues(r, i, section);
	/* Another program's options are checked and thrown away. */
	if (strcmp(config_table[i].section, "program") == 0 &&
	    strcmp(section, r->program) != 0) {
		append = false;
		target = scratch = calloc(1, sizeof(*scratch));
	}
	if (target == NULL) {
		config_fault(r, "memory is short");
		return 1;
	}
	config_set(r, target, i, value, append);
	(void)snprintf(r->given[i], sizeof(r->given[i]), "%s", section);
	(void)snprintf(r->last_section, sizeof(r->last_section), "%s",
	    section);
	r->last = i;
	return 1;
}

/* Whether S is LOW to HIGH lower-case letters and digits, a letter first. */
static bool
config_is_word(struct str s, size_t high)
{
	if (s.len == 0 || s.len > high || s.ptr[0] < 'a' || s.ptr[0] > 'z')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= 'a' && s.ptr[i] <= 'z') &&
		    !(s.ptr[i] >= '0' && s.ptr[i] <= '9'))
			return false;
	return true;
}

static void
config_cut_environments(struct config_reader *r)
{
	struct config *c = r->config;
	struct str rest = str_of(c->key_environments), word;

	c->environment_count = 0;
	while (str_word(&rest, " \t", &word)) {
		if (c->environment_count == CONFIG_ENVIRONMENTS_MAX ||
		    !config_is_word(word, CONFIG_ENVIRONMENT_MAX)) {
			config_fault(r, "environments: at most %d words of at "
			    "most %d lower-case letters and digits",
			    CONFIG_ENVIRONMENTS_MAX, CONFIG_ENVIRONMENT_MAX);
			return;
		}
		c->environments[c->environment_count++] = word;
	}
	if (c->environment_count == 0)
		config_fault(r, "environments: at least one is needed");
}

/* A text that goes into a header between quotes, or into JSON. */
static bool
config_is_quotable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 0x20 || *text == 0x7f || *text == '"' ||
		    *text == '\\' || *text == '$')
			return false;
	return true;
}

/* key_prefix, which is at most CONFIG_PREFIX_MAX bytes, with SUFFIX. */
static void
config_extend_prefix(const struct config *c, const char *suffix,
    char out[CONFIG_PREFIX_MAX + CONFIG_SUFFIX_MAX + 1])
{
	(void)snprintf(out, CONFIG_PREFIX_MAX + CONFIG_SUFFIX_MAX + 1,
	    "%.*s%s", CONFIG_PREFIX_MAX, c->key_prefix, suffix);
}

/* What one option's range cannot say. */
static void
config_check(struct config_reader *r)
{
	struct config *c = r->config;

	config_cut_environments(r);
	if (!config_is_word(str_of(c->key_prefix), CONFIG_PREFIX_MAX))
		config_fault(r, "prefix: a lower-case letter, then lower-case "
		    "letters and digits");
	config_extend_prefix(c, "app", c->token_prefix);
	config_extend_prefix(c, "sec", c->client_prefix);
	config_extend_prefix(c, "con", c->code_prefix);
	if (c->program_journal_folder[0] != '\0' &&
	    c->program_journal_folder[0] != '/')
		config_fault(r, "journal_folder: an absolute path");
	if (!config_is_quotable(c->problem_realm) ||
	    !config_is_quotable(c->problem_type_base))
		config_fault(r, "realm, type_base: printable ASCII without "
		    "quote, backslash and dollar");
}

static void
config_defaults(struct config_reader *r)
{
	for (size_t i = 0; i < CONFIG_COUNT; i++)
		config_set(r, r->config, (int)i, config_table[i].value, false);
}

/* Reads the whole of r->file. */
static void
config_parse(struct config_reader *r)
{
	int rc;

	r->line = 0;
	rc = ini_parse_stream(config_line, r, config_handle, r);
	if (ferror(r->file))
		config_fault(r, "cannot be read");
	/* inih reads on after such a line; what follows is its consequence. */
	if (rc > 0 && (!r->failed || rc < r->fault_line)) {
		r->failed = false;
		r->line = rc;
	}
	if (rc != 0)
		config_fault(r, "neither [section] nor name = value");
}

enum err
config_read(const char *path, const char *program, struct config **out,
    char message[CONFIG_MESSAGE_SIZE])
{
	struct config_reader r = {
		.path = path != NULL ? path : "(defaults)",
		.program = program, .message = message, .last = -1,
	};

	message[0] = '\0';
	if ((r.config = calloc(1, sizeof(*r.config))) == NULL)
		return ERR_MEMORY;
	config_defaults(&r);
	if (path != NULL && (r.file = fopen(path, "re")) == NULL)
		config_fault(&r, "%s", strerror(errno));
	if (r.file != NULL) {
		config_parse(&r);
		(void)fclose(r.file);
	}
	config_check(&r);
	if (r.failed) {
		config_free(r.config);
		return ERR_CONFIG;
	}
	*out = r.config;
	return ERR_OK;
}

void
config_free(struct config *config)
{
	free(config);
}
