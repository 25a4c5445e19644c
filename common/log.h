/* SPDX-License-Identifier: ISC */
/*
 * log [layer 0]: one line an event on standard error, `name key=value ...`,
 * every control, quote and non-ASCII byte of a value escaped, values cut at
 * 256 bytes. Under systemd ($JOURNAL_STREAM) a line begins with the
 * `<priority>` of sd-daemon(3), elsewhere with the time. Thread-safe: one
 * write(2) a line. Never give it a credential.
 */
#ifndef HASP_LOG_H
#define HASP_LOG_H

#include "str.h"

/* The numbers are those of syslog(3). */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

struct log_field {
	const char *key;	/* NULL ends the list */
	struct str text;	/* the value, if KEY is of LOG_S or LOG_T */
	int64_t number;		/* the value, if it is of LOG_I */
	bool is_number;
};

/* A C string (NULL is empty), a view, a number. */
#define LOG_S(k, v) ((struct log_field){ .key = (k), .text = str_of(v) })
#define LOG_T(k, v) ((struct log_field){ .key = (k), .text = (v) })
#define LOG_I(k, v) \
	((struct log_field){ .key = (k), .number = (v), .is_number = true })

/* Names the program in every line; lines above LEVEL are not written. */
void log_open(const char *program, enum log_level level);

/* Changes the level alone (a configuration was read again). */
void log_set_level(enum log_level level);

/*
 * log_event(level, "event_name", LOG_S("k", v), ...): at least one field. What
 * is not to be written is not even looked up: fields must change nothing.
 */
#define log_event(level, event, ...) do { \
	if (log_wanted(level)) \
		log_write((level), (event), \
		    (const struct log_field[]){ __VA_ARGS__, \
		    { .key = NULL } }); \
} while (false)

/* Whether lines of LEVEL are written. */
bool log_wanted(enum log_level level);

void log_write(enum log_level level, const char *event,
    const struct log_field *fields);

#endif
