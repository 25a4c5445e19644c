/* SPDX-License-Identifier: ISC */
#include "output.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "json.h"

#define OUTPUT_ARENA ((size_t)4 * 1024 * 1024)
#define OUTPUT_CELL_SIZE CLOCK_TEXT_SIZE	/* a number or time as text */

/* What main asked for; set once by output_open. */
static struct {
	bool json;
	bool quiet;
	bool colour;
	bool list_started;	/* a row or the headings were written */
	int lost;		/* errno of a secret that was not written */
} output;

void
output_open(bool json, bool quiet)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	output.json = json;
	output.quiet = quiet;
	output.colour = isatty(STDOUT_FILENO) == 1 &&
	    (no_color == NULL || *no_color == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

bool
output_is_json(void)
{
	return output.json;
}

bool
output_is_quiet(void)
{
	return output.quiet;
}

/* How many bytes at P to write as escapes: controls, C1 ones in UTF-8. */
static size_t
output_control(const unsigned char *p)
{
	if (*p < 0x20 || *p == 0x7f)
		return 1;
	return *p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f ? 2 : 0;
}

/* Writes TEXT, controls as \xNN, to FILE unless it is NULL; its width. */
static size_t
output_visible(FILE *file, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t width = 0;

	while (*p != '\0') {
		size_t n = output_control(p);

		if (n == 0) {
			width += (*p & 0xc0) != 0x80;
			if (file != NULL)
				(void)putc(*p, file);
			p++;
			continue;
		}
		width += 4 * n;
		for (; n > 0; n--, p++)
			if (file != NULL)
				(void)fprintf(file, "\\x%02x", *p);
	}
	return width;
}

/* A cell as text, in ROOM or where it stands. */
static const char *
output_cell_text(const struct output_cell *cell, enum output_kind kind,
    char room[OUTPUT_CELL_SIZE])
{
	switch (kind) {
	case OUTPUT_TEXT:
	case OUTPUT_WORDS:
		return cell->text == NULL || *cell->text == '\0' ? "-" :
		    cell->text;
	case OUTPUT_LIMIT:
		if (cell->number < 0)
			return "-";
		__attribute__((fallthrough));
	case OUTPUT_NUMBER:
		(void)snprintf(room, OUTPUT_CELL_SIZE, "%lld",
		    (long long)cell->number);
		return room;
	case OUTPUT_TIME:
		if (cell->number == 0)
			return "-";
		clock_text(cell->number, room);
		return room;
	case OUTPUT_BOOL:
		return cell->number != 0 ? "yes" : "no";
	case OUTPUT_SHEET:
		break;
	}
	return "";
}

static struct json *output_json_row(const struct output_sheet *sheet,
    size_t row);

static struct json *
output_json_sheet(const struct output_sheet *sheet)
{
	struct json *array = json_array_open();

	for (size_t i = 0; array != NULL && i < sheet->row_count; i++)
		json_append(array, output_json_row(sheet, i));
	return array;
}

static struct json *
output_json_words(const char *text)
{
	struct json *array = json_array_open();
	struct str rest = str_of(text), word;

	while (array != NULL && str_word(&rest, " ", &word))
		json_append_str(array, word);
	return array;
}

static void
output_json_cell(struct json *object, const struct output_column *column,
    const struct output_cell *cell)
{
	switch (column->kind) {
	case OUTPUT_TEXT:
		json_set_text(object, column->name, cell->text);
		break;
	case OUTPUT_WORDS:
		json_set(object, column->name, output_json_words(cell->text));
		break;
	case OUTPUT_LIMIT:
		if (cell->number < 0) {
			json_set_null(object, column->name);
			break;
		}
		__attribute__((fallthrough));
	case OUTPUT_NUMBER:
		json_set_int(object, column->name, cell->number);
		break;
	case OUTPUT_TIME:
		json_set_time(object, column->name, cell->number);
		break;
	case OUTPUT_BOOL:
		json_set_bool(object, column->name, cell->number != 0);
		break;
	case OUTPUT_SHEET:
		json_set(object, column->name,
		    output_json_sheet(cell->sheet));
		break;
	}
}

static struct json *
output_json_row(const struct output_sheet *sheet, size_t row)
{
	struct json *object = json_object_open();

	for (size_t i = 0; object != NULL && i < sheet->column_count; i++)
		output_json_cell(object, &sheet->columns[i],
		    &sheet->cells[row * sheet->column_count + i]);
	return object;
}

static enum err
output_json(const struct output_sheet *sheet, size_t row)
{
	struct json *object CLEANUP_JSON = output_json_row(sheet, row);
	struct arena *arena;
	struct str text;
	enum err err;

	if (object == NULL || (arena = arena_new(OUTPUT_ARENA)) == NULL)
		return ERR_MEMORY;
	if ((err = json_write(object, arena, &text)) == ERR_OK)
		(void)fwrite(text.ptr, 1, text.len, stdout);
	arena_free(arena);
	return err;
}

static void
output_first_cell(const struct output_sheet *sheet, size_t row)
{
	char room[OUTPUT_CELL_SIZE];

	(void)output_visible(stdout, output_cell_text(
	    &sheet->cells[row * sheet->column_count], sheet->columns[0].kind,
	    room));
	(void)putchar('\n');
}

/* What a table shows at row R of column I; the headings are row 0. */
static const char *
output_table_text(const struct output_sheet *sheet, size_t r, size_t i,
    char room[OUTPUT_CELL_SIZE])
{
	if (r == 0)
		return sheet->columns[i].title;
	return output_cell_text(
	    &sheet->cells[(r - 1) * sheet->column_count + i],
	    sheet->columns[i].kind, room);
}

static void
output_table_line(const struct output_sheet *sheet, size_t r,
    const size_t *width)
{
	char room[OUTPUT_CELL_SIZE];
	size_t blanks = 0;

	for (size_t i = 0; i < sheet->column_count; i++) {
		if (sheet->columns[i].detail)
			continue;
		/* Blanks stand before a cell, so that no line ends in them. */
		(void)printf("%*s", (int)blanks, "");
		blanks = width[i] + 2 - output_visible(stdout,
		    output_table_text(sheet, r, i, room));
	}
	(void)putchar('\n');
}

/* Headings and rows, columns as wide as what stands in them. */
static void
output_table(const struct output_sheet *sheet, bool headings, int indent)
{
	size_t width[OUTPUT_COLUMNS_MAX] = { 0 };
	char room[OUTPUT_CELL_SIZE];

	assert(sheet->column_count <= OUTPUT_COLUMNS_MAX);
	for (size_t r = 0; r <= sheet->row_count; r++)
		for (size_t i = 0; i < sheet->column_count; i++) {
			size_t len = output_visible(NULL,
			    output_table_text(sheet, r, i, room));

			width[i] = len > width[i] ? len : width[i];
		}
	for (size_t r = headings ? 0 : 1; r <= sheet->row_count; r++) {
		(void)printf("%*s", indent, "");
		output_table_line(sheet, r, width);
	}
}

/* A line a column, then the sheets inside, each under its heading. */
static void
output_lines(const struct output_sheet *sheet)
{
	size_t width = 0, len;
	char room[OUTPUT_CELL_SIZE];

	for (size_t i = 0; i < sheet->column_count; i++) {
		len = strlen(sheet->columns[i].title);
		width = len > width ? len : width;
	}
	for (size_t i = 0; i < sheet->column_count; i++) {
		const struct output_column *column = &sheet->columns[i];

		if (column->kind == OUTPUT_SHEET) {
			(void)printf("%s:\n", column->title);
			output_table(sheet->cells[i].sheet, true, 2);
			continue;
		}
		(void)printf("%-*s  ", (int)width, column->title);
		(void)output_visible(stdout, output_cell_text(&sheet->cells[i],
		    column->kind, room));
		(void)putchar('\n');
	}
}

enum err
output_record(const struct output_sheet *sheet)
{
	enum err err = ERR_OK;

	if (output.json) {
		err = output_json(sheet, 0);
		(void)putchar('\n');
	} else if (output.quiet)
		output_first_cell(sheet, 0);
	else
		output_lines(sheet);
	return err;
}

void
output_list_begin(void)
{
	output.list_started = false;
	if (output.json)
		(void)putchar('[');
}

enum err
output_list_page(const struct output_sheet *sheet)
{
	enum err err = ERR_OK;

	if (!output.json && !output.quiet && sheet->row_count > 0) {
		output_table(sheet, !output.list_started, 0);
		output.list_started = true;
		return ERR_OK;
	}
	for (size_t i = 0; i < sheet->row_count && err == ERR_OK; i++) {
		if (!output.json) {
			output_first_cell(sheet, i);
			continue;
		}
		(void)fputs(output.list_started ? ",\n" : "\n", stdout);
		output.list_started = true;
		err = output_json(sheet, i);
	}
	return err;
}

void
output_list_end(void)
{
	if (output.json)
		(void)fputs(output.list_started ? "\n]\n" : "]\n", stdout);
}

enum err
output_secret(struct str text)
{
	size_t done = 0;
	ssize_t n;

	if (fflush(stdout) != 0)
		return ERR_SYSTEM;
	while (done < text.len) {
		n = write(STDOUT_FILENO, text.ptr + done, text.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			output.lost = n < 0 ? errno : EIO;
			return ERR_SYSTEM;
		}
		done += (size_t)n;
	}
	(void)putchar('\n');
	if (fflush(stdout) == 0)
		return ERR_OK;
	output.lost = errno;
	return ERR_SYSTEM;
}

void
output_text(const char *text)
{
	(void)output_visible(stdout, text);
}

void
output_raw(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vprintf(format, ap);
	va_end(ap);
}

static void
output_stderr(const char *before, const char *format, va_list ap)
    PRINTF_LIKE(2, 0);

static void
output_stderr(const char *before, const char *format, va_list ap)
{
	char *text CLEANUP_FREE = NULL;

	if (vasprintf(&text, format, ap) < 0) {
		text = NULL;
		return;
	}
	(void)fflush(stdout);
	(void)fputs(before, stderr);
	(void)output_visible(stderr, text);
	(void)putc('\n', stderr);
}

void
output_words(const char *format, ...)
{
	va_list ap;

	if (output.quiet)
		return;
	va_start(ap, format);
	output_stderr("", format, ap);
	va_end(ap);
}

void
output_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	output_stderr("haspctl: ", format, ap);
	va_end(ap);
}

enum status
output_fail(enum status status, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	output_stderr("haspctl: ", format, ap);
	va_end(ap);
	return status;
}

void
output_mark(const char *text, enum output_colour colour)
{
	static const char *const codes[] = {
		[OUTPUT_PLAIN] = "", [OUTPUT_RED] = "\033[31m",
		[OUTPUT_YELLOW] = "\033[33m", [OUTPUT_GREEN] = "\033[32m",
	};

	if (output.colour && colour != OUTPUT_PLAIN)
		(void)printf("%s%s\033[0m", codes[colour], text);
	else
		(void)fputs(text, stdout);
}

enum status
output_close(enum status status)
{
	bool flushed = fflush(stdout) == 0;

	if (flushed && ferror(stdout) == 0 && output.lost == 0)
		return status;
	if (output.lost == 0)
		output.lost = flushed ? EIO : errno;
	return output_fail(STATUS_IO, "standard output: %s",
	    strerror(output.lost));
}
