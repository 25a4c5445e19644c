/* SPDX-License-Identifier: ISC */
/*
 * explain [layer 2]: what is logged, in words: why a check was answered as it
 * was, what was managed, and how to mend it. The rows are explain.def.
 */
#ifndef HASP_EXPLAIN_H
#define HASP_EXPLAIN_H

#include "str.h"

struct explain {
	const char *name;	/* the code, or the event */
	const char *why;	/* sentences for people; never empty */
	const char *mend;	/* what to do; "" where nothing is to be done */
};

/*
 * Of the code of a check ("ok", or one of errors.def). One that has no row is
 * answered with the row of unknown_code.
 */
const struct explain *explain_code(struct str code);

/* Of an event of management; NULL for one that has no row. */
const struct explain *explain_event(struct str event);

#endif
