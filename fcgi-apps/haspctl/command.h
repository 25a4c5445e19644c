/* SPDX-License-Identifier: ISC */
/*
 * command [layer 8]: the one table of what haspctl can do. It feeds the
 * dispatch, every --help, `haspctl help`, the completion of shells and the
 * test that the manual names each verb and option.
 */
#ifndef HASPCTL_COMMAND_H
#define HASPCTL_COMMAND_H

#include "invocation.h"
#include "status.h"

/* A command's options are bits, one for each enum argument. */
#define COMMAND_BIT(argument) (UINT64_C(1) << ARGUMENT_##argument)

struct command {
	const char *noun;
	const char *verb;	/* NULL: the noun is the whole command */
	const char *operand;	/* "ID PLAN", "[FILE]"; NULL for none */
	const char *summary;	/* one line */
	const char *text;	/* what --help says on top of it */
	uint64_t options;	/* those it takes beyond everybody's */
	uint64_t required;	/* those it cannot do without */
	enum status (*run)(struct invocation *invocation);
};

/* The table and its length, in order of noun. */
const struct command *command_table(size_t *count);

/*
 * The command of NOUN and VERB, or NULL. VERB may be NULL; it is not looked at
 * if the noun is the whole command.
 */
const struct command *command_find(const char *noun, const char *verb);

/* Options that every command takes. */
uint64_t command_common(void);

/* Parses the command line, runs its command, and says how to exit. */
enum status command_main(int argc, char **argv);

#endif
