/* SPDX-License-Identifier: ISC */
/*
 * guid [layer 2]: the ids of apps as text: UUIDs of 8-4-4-4-12 hexadecimal
 * digits (RFC 9562 section 4), of either case when they come in. Pure.
 */
#ifndef HASP_GUID_H
#define HASP_GUID_H

#include "str.h"

#define GUID_SIZE 37		/* and the NUL */

/* Whether TEXT has that form. */
bool guid_check(struct str text) MUST_CHECK;

/*
 * TEXT in lower case, as the database writes it and as actors are called, with
 * a NUL. False, and OUT is left alone, if it does not have that form.
 */
bool guid_lower(struct str text, char out[GUID_SIZE]) MUST_CHECK;

#endif
