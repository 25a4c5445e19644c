/* SPDX-License-Identifier: ISC */
/*
 * status [layer 8]: what haspctl exits with.
 */
#ifndef HASPCTL_STATUS_H
#define HASPCTL_STATUS_H

#include "err.h"

enum status {
#define S(name, number, text) STATUS_##name = (number),
#include "status.def"
#undef S
};

struct status_row {
	int number;
	const char *text;
};

/* The table and its length, in rising order. */
const struct status_row *status_rows(size_t *count);

/* The status that says ERR. */
enum status status_of(enum err err);

#endif
