/* SPDX-License-Identifier: ISC */
#include "log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"

#define LOG_LINE 2048u
#define LOG_VALUE 256u

static const char *log_program = "hasp";
static bool log_journal;
static _Atomic int log_level = LOG_LEVEL_INFO;

struct log_line {
	char text[LOG_LINE];
	size_t len;
};

void
log_open(const char *program, enum log_level level)
{
	log_program = program;
	log_journal = getenv("JOURNAL_STREAM") != NULL;
	atomic_store(&log_level, (int)level);
}

void
log_set_level(enum log_level level)
{
	atomic_store(&log_level, (int)level);
}

/* Adds what fits and leaves room for the line's end. */
static void
log_add(struct log_line *line, const char *text, size_t len)
{
	size_t room = sizeof(line->text) - 1 - line->len;

	if (len > room)
		len = room;
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

static void
log_add_text(struct log_line *line, const char *text)
{
	log_add(line, text, strlen(text));
}

static bool
log_is_plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '=';
}

static void
log_add_value(struct log_line *line, struct str value)
{
	struct str s = str_part(value, 0, LOG_VALUE);
	/* A value that was cut is quoted, with dots before the last quote. */
	bool plain = s.len > 0 && s.len == value.len;
	char hex[8];

	for (size_t i = 0; i < s.len; i++)
		plain = plain && log_is_plain((unsigned char)s.ptr[i]);
	if (plain) {
		log_add(line, s.ptr, s.len);
		return;
	}
	log_add_text(line, "\"");
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (log_is_plain(c) || c == ' ' || c == '=') {
			log_add(line, s.ptr + i, 1);
			continue;
		}
		(void)snprintf(hex, sizeof(hex), "\\x%02x", c);
		log_add_text(line, hex);
	}
	log_add_text(line, value.len > s.len ? "...\"" : "\"");
}

static void
log_begin(struct log_line *line, enum log_level level, const char *event)
{
	char head[CLOCK_TEXT_SIZE];

	if (log_journal)
		(void)snprintf(head, sizeof(head), "<%d>", (int)level);
	else
		clock_text(clock_wall_us(), head);
	log_add_text(line, head);
	if (!log_journal)
		log_add_text(line, " ");
	log_add_text(line, log_program);
	log_add_text(line, " ");
	log_add_text(line, event);
}

bool
log_wanted(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&log_level,
	    memory_order_relaxed);
}

void
log_write(enum log_level level, const char *event,
    const struct log_field *fields)
{
	struct log_line line = { .len = 0 };
	char number[24];

	if (!log_wanted(level))
		return;
	log_begin(&line, level, event);
	for (; fields->key != NULL; fields++) {
		log_add_text(&line, " ");
		log_add_text(&line, fields->key);
		log_add_text(&line, "=");
		if (!fields->is_number) {
			log_add_value(&line, fields->text);
			continue;
		}
		(void)snprintf(number, sizeof(number), "%lld",
		    (long long)fields->number);
		log_add_text(&line, number);
	}
	line.text[line.len++] = '\n';
	/* Nothing can be done about a log that cannot be written. */
	if (write(STDERR_FILENO, line.text, line.len) < 0)
		return;
}
