/* SPDX-License-Identifier: ISC */
#include "completion.h"

#include <string.h>

#include "command.h"
#include "output.h"

static const char completion_head[] =
    "# bash completion of haspctl, made by `haspctl completion`\n"
    "_haspctl() {\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "\tlocal noun='' verb='' words='' word i\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tword=${COMP_WORDS[i]}\n"
    "\t\tcase $word in\n"
    "\t\t--config|--database) ((i++)) ;;\n"
    "\t\t-*) ;;\n"
    "\t\t*)\tif [ -z \"$noun\" ]; then noun=$word\n"
    "\t\t\telif [ -z \"$verb\" ]; then verb=$word; fi ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tcase $prev in\n";

static const char completion_tail[] =
    "\tesac\n"
    "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "}\n"
    "complete -o bashdefault -o default -F _haspctl haspctl\n";

/* Options whose values are few words, and what they are. */
static const struct {
	enum argument argument;
	const char *words;
} completion_values[] = {
	{ ARGUMENT_ROLE, "read write admin" },
	{ ARGUMENT_KIND, "access_token api_key" },
	{ ARGUMENT_OVERLAP, "0 1h 24h 7d" },
	{ ARGUMENT_EXPIRES, "30d 90d 365d" },
	{ ARGUMENT_ACTIVE, "yes no" },
	{ ARGUMENT_POLICY, "warn refuse" },
	{ ARGUMENT_SELF_SERVICE, "yes no" },
};

/* Options whose values are files. */
static const enum argument completion_files[] = {
	ARGUMENT_CHECKPOINT, ARGUMENT_CONFIG, ARGUMENT_EXPORT, ARGUMENT_FILE,
	ARGUMENT_KEY, ARGUMENT_KEY_FILE, ARGUMENT_PASSFILE_DIR,
	ARGUMENT_PASSWORD_FILE, ARGUMENT_WITNESS,
};

static void
completion_write_values(void)
{
	for (size_t i = 0; i < ARRAY_LEN(completion_values); i++)
		output_raw("\t--%s) words='%s' ;;\n", invocation_argument(
		    completion_values[i].argument)->name,
		    completion_values[i].words);
	for (size_t i = 0; i < ARRAY_LEN(completion_files); i++)
		output_raw("\t--%s) COMPREPLY=(); return ;;\n",
		    invocation_argument(completion_files[i])->name);
}

static void
completion_write_options(uint64_t mask)
{
	for (size_t i = 0; i < ARGUMENT__COUNT; i++)
		if ((mask >> i & 1) != 0)
			output_raw(" --%s",
			    invocation_argument((enum argument)i)->name);
}

/* The first words: every noun once, in the order of the table. */
static void
completion_write_nouns(const struct command *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(table[i].noun, table[i - 1].noun) != 0)
			output_raw(" %s", table[i].noun);
}

/* The verbs of the noun at row FIRST. */
static void
completion_write_verbs(const struct command *table, size_t count, size_t first)
{
	for (size_t i = first; i < count; i++)
		if (strcmp(table[i].noun, table[first].noun) == 0)
			output_raw(" %s", table[i].verb);
}

enum status
completion_write(struct invocation *inv)
{
	size_t count;
	const struct command *table = command_table(&count);

	(void)inv;
	output_raw("%s", completion_head);
	completion_write_values();
	output_raw("\tesac\n"
	    "\t[ -n \"$words\" ] || case $noun:$verb in\n\t:*) words='");
	completion_write_nouns(table, count);
	completion_write_options(command_common());
	output_raw("' ;;\n");
	for (size_t i = 0; i < count; i++) {
		const struct command *c = &table[i];

		if (c->verb != NULL && (i == 0 ||
		    strcmp(c->noun, table[i - 1].noun) != 0)) {
			output_raw("\t%s:) words='", c->noun);
			completion_write_verbs(table, count, i);
			output_raw("' ;;\n");
		}
		output_raw("\t%s:%s) words='", c->noun,
		    c->verb != NULL ? c->verb : "*");
		completion_write_options(c->options | command_common());
		output_raw("' ;;\n");
	}
	output_raw("%s", completion_tail);
	return STATUS_OK;
}
