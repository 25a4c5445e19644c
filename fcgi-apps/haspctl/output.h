/* SPDX-License-Identifier: ISC */
/*
 * output [layer 8]: what haspctl writes. Results go to standard output: as a
 * table, as JSON (--json) or as ids alone (-q). Words go to standard error.
 * Control bytes of a text are never written to a terminal as they are.
 */
#ifndef HASPCTL_OUTPUT_H
#define HASPCTL_OUTPUT_H

#include "err.h"
#include "status.h"
#include "str.h"

enum output_kind {
	OUTPUT_TEXT,	/* cell.text; NULL is null, "-" in a table */
	OUTPUT_WORDS,	/* cell.text, words between spaces: a JSON array */
	OUTPUT_NUMBER,	/* cell.number */
	OUTPUT_LIMIT,	/* cell.number; below 0 is null, "-" */
	OUTPUT_TIME,	/* cell.number, microseconds; 0 is null, "-" */
	OUTPUT_BOOL,	/* cell.number, "yes" or "no" in a table */
	OUTPUT_SHEET,	/* cell.sheet: a JSON array; a detail */
};

struct output_column {
	const char *name;	/* the JSON member */
	const char *title;	/* the heading of the table */
	enum output_kind kind;
	bool detail;		/* left out of the tables of lists */
};

struct output_cell {
	const char *text;
	int64_t number;
	const struct output_sheet *sheet;
};

/* Columns of a sheet, at most. */
#define OUTPUT_COLUMNS_MAX 32

/* Rows of cells, each as long as COLUMNS, one after another. */
struct output_sheet {
	const struct output_column *columns;
	size_t column_count;
	const struct output_cell *cells;
	size_t row_count;
};

#define OUTPUT_T(t) ((struct output_cell){ .text = (t) })
#define OUTPUT_I(n) ((struct output_cell){ .number = (n) })
#define OUTPUT_S(s) ((struct output_cell){ .sheet = (s) })

/* To be called once, before anything is written. */
void output_open(bool json, bool quiet);

bool output_is_json(void);
bool output_is_quiet(void);

/* The one row of SHEET: an object, or a line a column; -q: its first cell. */
enum err output_record(const struct output_sheet *sheet) MUST_CHECK;

/*
 * Rows of any number: begin, a page at a time, end. An array, a table with
 * headings, or the first cells alone.
 */
void output_list_begin(void);
enum err output_list_page(const struct output_sheet *sheet) MUST_CHECK;
void output_list_end(void);

/*
 * A secret: the line TEXT alone on standard output, past any buffer. With
 * JSON the caller makes it a column of a record instead.
 */
enum err output_secret(struct str text) MUST_CHECK;

/* TEXT on standard output, its control bytes shown as \xNN. */
void output_text(const char *text);

/* Text for standard output as it stands (documents). */
void output_raw(const char *format, ...) PRINTF_LIKE(1, 2);

/* A line of words on standard error; nothing with -q. */
void output_words(const char *format, ...) PRINTF_LIKE(1, 2);

/* "haspctl: ..." and a line end on standard error, with control bytes shown. */
void output_error(const char *format, ...) PRINTF_LIKE(1, 2);

/* The same, and STATUS comes back: `return output_fail(STATUS_NO, ...)`. */
enum status output_fail(enum status status, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* TEXT in red, yellow or green where standard output may be coloured. */
enum output_colour { OUTPUT_PLAIN, OUTPUT_RED, OUTPUT_YELLOW, OUTPUT_GREEN };
void output_mark(const char *text, enum output_colour colour);

/* Flushes; STATUS, or STATUS_IO with a message if anything got lost. */
enum status output_close(enum status status);

#endif
