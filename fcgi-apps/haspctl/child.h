/* SPDX-License-Identifier: ISC */
/*
 * child [layer 8]: runs another program without a shell, gives it some input
 * and takes what it writes.
 */
#ifndef HASPCTL_CHILD_H
#define HASPCTL_CHILD_H

#include "arena.h"
#include "err.h"
#include "str.h"

struct child_result {
	int status;		/* its exit status; 128 + signal if it died */
	bool missing;		/* there is no such program */
	struct str out;		/* standard output, NUL-terminated, in ARENA */
	struct str err;		/* standard error, the same */
};

/* What is taken of each output; a program that writes more loses its pipe. */
#define CHILD_OUTPUT_MAX ((size_t)8 * 1024 * 1024)

/*
 * Runs ARGV (found in PATH; ends with NULL), feeds it INPUT and waits.
 * ERR_SYSTEM (errno) if it could not be started, ERR_MEMORY.
 */
enum err child_run(struct arena *arena, const char *const *argv,
    struct str input, struct child_result *result) MUST_CHECK;

#endif
