/* SPDX-License-Identifier: ISC */
/*
 * label [layer 2]: names that people give to things: the rules of the
 * database's domain hasp.label, so that a fault is named before the database
 * refuses it. Pure.
 */
#ifndef HASP_LABEL_H
#define HASP_LABEL_H

#include "str.h"

/* Characters (code points) of a label, and bytes that they need at most. */
#define LABEL_CHARACTERS 100
#define LABEL_MAX (4 * LABEL_CHARACTERS)

enum label_fault {
	LABEL_GOOD,
	LABEL_NOT_UTF8,
	LABEL_BLANK,		/* empty, or spaces alone */
	LABEL_TOO_LONG,
	/*
	 * A control character, a line or paragraph separator, or one that
	 * changes the direction of text (U+0000-001F, U+007F-009F,
	 * U+2028-202E, U+2066-2069).
	 */
	LABEL_INVISIBLE,
};

/* The first of these faults, in their order, that TEXT has. */
enum label_fault label_check(struct str text) MUST_CHECK;

/*
 * Whether TEXT, which may be empty, is UTF-8 of at most MOST characters, none
 * of them LABEL_INVISIBLE: a remark, such as a reason.
 */
bool label_is_remark(struct str text, size_t most) MUST_CHECK;

/* A sentence on FAULT for who sent the text; "" for LABEL_GOOD. */
const char *label_sentence(enum label_fault fault);

#endif
