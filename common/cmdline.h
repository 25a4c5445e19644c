/* SPDX-License-Identifier: ISC */
/*
 * cmdline [layer 7]: the command line that every FastCGI program has.
 */
#ifndef HASP_CMDLINE_H
#define HASP_CMDLINE_H

#include "base.h"

struct cmdline {
	const char *config;	/* NULL: the defaults alone */
	const char *listen;	/* "" if not given */
	bool check_config;	/* look at the configuration and end */
	bool help;
	bool version;
};

/*
 * Reads ARGV into OUT, which points into it. False, with the reason on
 * standard error, for an option that is unknown, lacks its value or comes
 * twice, and for anything that is no option.
 */
bool cmdline_read(const char *program, int argc, char **argv,
    struct cmdline *out) MUST_CHECK;

/* The text of --help and of --version, on standard output. */
void cmdline_help(const char *program, const char *summary);
void cmdline_version(const char *program);

#endif
