/* SPDX-License-Identifier: ISC */
/*
 * help [layer 8]: the command table as text for people, and as JSON.
 */
#ifndef HASPCTL_HELP_H
#define HASPCTL_HELP_H

#include "command.h"

/* "haspctl key show KEY [OPTION]..." into standard output. */
void help_command(const struct command *command);

/* All commands, or those of NOUN, and what is common to them. */
void help_overview(const char *noun);

/* Two lines on standard error for a call without a command. */
void help_usage(void);

/* Whether a command of that noun exists. */
bool help_knows(const char *noun);

/* `haspctl help`. */
enum status help_run(struct invocation *invocation);

#endif
