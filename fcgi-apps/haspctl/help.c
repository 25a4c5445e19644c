/* SPDX-License-Identifier: ISC */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "output.h"

#define HELP_WIDTH 79
#define HELP_COLUMN 25		/* where the explanations begin */
#define HELP_NAME_SIZE 64

static void
help_name(const struct command *command, char out[HELP_NAME_SIZE])
{
	(void)snprintf(out, HELP_NAME_SIZE, "%s%s%s", command->noun,
	    command->verb != NULL ? " " : "",
	    command->verb != NULL ? command->verb : "");
}

/* TEXT in lines that begin at HELP_COLUMN; the cursor stands at COLUMN. */
static void
help_wrap(size_t column, const char *text)
{
	struct str rest = str_of(text), word;

	if (column > HELP_COLUMN - 2) {
		output_raw("\n");
		column = 0;
	}
	output_raw("%*s", (int)(HELP_COLUMN - column), "");
	column = HELP_COLUMN;
	while (str_word(&rest, " ", &word)) {
		if (column > HELP_COLUMN &&
		    column + 1 + word.len > HELP_WIDTH) {
			output_raw("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		output_raw("%s%.*s", column > HELP_COLUMN ? " " : "",
		    (int)word.len, word.ptr);
		column += word.len + (column > HELP_COLUMN);
	}
	output_raw("\n");
}

static void
help_options(uint64_t mask)
{
	for (size_t i = 0; i < ARGUMENT__COUNT; i++) {
		const struct argument_row *row =
		    invocation_argument((enum argument)i);
		char left[HELP_NAME_SIZE];
		int n;

		if ((mask >> i & 1) == 0)
			continue;
		n = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s",
		    row->letter != '\0' ? '-' : ' ',
		    row->letter != '\0' ? row->letter : ' ',
		    row->letter != '\0' ? "," : " ", row->name,
		    row->value != NULL ? " " : "",
		    row->value != NULL ? row->value : "");
		output_raw("%s", left);
		help_wrap((size_t)n, row->text);
	}
}

static void
help_statuses(void)
{
	size_t count;
	const struct status_row *rows = status_rows(&count);
	char left[HELP_NAME_SIZE];
	int n;

	output_raw("\nExit status:\n");
	for (size_t i = 0; i < count; i++) {
		n = snprintf(left, sizeof(left), "  %d", rows[i].number);
		output_raw("%s", left);
		help_wrap((size_t)n, rows[i].text);
	}
}

static void
help_synopsis(const struct command *command)
{
	char name[HELP_NAME_SIZE];

	help_name(command, name);
	output_raw("Usage: haspctl %s", name);
	for (size_t i = 0; i < ARGUMENT__COUNT; i++) {
		const struct argument_row *row =
		    invocation_argument((enum argument)i);

		if ((command->required >> i & 1) != 0)
			output_raw(" --%s%s%s", row->name,
			    row->value != NULL ? " " : "",
			    row->value != NULL ? row->value : "");
	}
	output_raw(" [OPTION]...%s%s\n",
	    command->operand != NULL ? " " : "",
	    command->operand != NULL ? command->operand : "");
}

void
help_command(const struct command *command)
{
	help_synopsis(command);
	output_raw("%s\n", command->summary);
	if (command->text != NULL)
		output_raw("\n%s\n", command->text);
	if (command->options != 0) {
		output_raw("\nOptions:\n");
		help_options(command->options);
	}
	output_raw("\nOptions of every command:\n");
	help_options(command_common());
	help_statuses();
}

bool
help_knows(const char *noun)
{
	size_t count;
	const struct command *table = command_table(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].noun, noun) == 0)
			return true;
	return false;
}

void
help_overview(const char *noun)
{
	size_t count;
	const struct command *table = command_table(&count);
	char name[HELP_NAME_SIZE];

	output_raw("Usage: haspctl [OPTION]... NOUN [VERB] [OPTION]...\n"
	    "Keys, accounts and the database of Hasp; checks of web servers.\n"
	    "\nCommands (haspctl NOUN VERB --help explains one):\n");
	for (size_t i = 0; i < count; i++) {
		if (noun != NULL && strcmp(table[i].noun, noun) != 0)
			continue;
		help_name(&table[i], name);
		output_raw("  %s", name);
		help_wrap(strlen(name) + 2, table[i].summary);
	}
	output_raw("\nOptions of every command:\n");
	help_options(command_common());
	help_statuses();
	output_raw("\nThe manual is haspctl(8).\n");
}

void
help_usage(void)
{
	output_words("Usage: haspctl [OPTION]... NOUN [VERB] [OPTION]...");
	output_words("`haspctl help` lists the commands.");
}

/* The options of MASK as words for the JSON form. */
static const char *
help_option_words(struct arena *arena, uint64_t mask)
{
	char text[2048];
	size_t len = 0;
	int n;

	text[0] = '\0';
	for (size_t i = 0; i < ARGUMENT__COUNT; i++) {
		if ((mask >> i & 1) == 0)
			continue;
		n = snprintf(text + len, sizeof(text) - len, "%s--%s",
		    len > 0 ? " " : "",
		    invocation_argument((enum argument)i)->name);
		if (n < 0 || (size_t)n >= sizeof(text) - len)
			return NULL;
		len += (size_t)n;
	}
	return arena_copy(arena, text, len);
}

/* The whole table, for documents and tests. */
static enum status
help_json(struct arena *arena)
{
	static const struct output_column columns[] = {
		{ "noun", "NOUN", OUTPUT_TEXT, false },
		{ "verb", "VERB", OUTPUT_TEXT, false },
		{ "operand", "OPERAND", OUTPUT_TEXT, false },
		{ "summary", "SUMMARY", OUTPUT_TEXT, false },
		{ "options", "OPTIONS", OUTPUT_WORDS, false },
		{ "required", "REQUIRED", OUTPUT_WORDS, false },
	};
	size_t count;
	const struct command *table = command_table(&count);
	enum err err = ERR_OK;

	output_list_begin();
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		const struct output_cell cells[] = {
			OUTPUT_T(table[i].noun), OUTPUT_T(table[i].verb),
			OUTPUT_T(table[i].operand), OUTPUT_T(table[i].summary),
			OUTPUT_T(help_option_words(arena, table[i].options |
			    command_common())),
			OUTPUT_T(help_option_words(arena, table[i].required)),
		};
		const struct output_sheet sheet = {
			columns, ARRAY_LEN(columns), cells, 1,
		};

		err = output_list_page(&sheet);
	}
	output_list_end();
	return status_of(err);
}

enum status
help_run(struct invocation *inv)
{
	const char *noun = inv->operands[0], *verb = inv->operands[1];
	const struct command *command;

	if (output_is_json())
		return help_json(inv->arena);
	if (noun == NULL) {
		help_overview(NULL);
		return STATUS_OK;
	}
	if ((command = command_find(noun, verb)) != NULL) {
		help_command(command);
		return STATUS_OK;
	}
	if (!help_knows(noun) || verb != NULL)
		return output_fail(STATUS_USAGE, "there is no such command; "
		    "`haspctl help` lists them");
	help_overview(noun);
	return STATUS_OK;
}
