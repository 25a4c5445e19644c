/* SPDX-License-Identifier: ISC */
/*
 * percent [layer 2]: percent-encoding (RFC 3986 section 2.1), strictly: a
 * broken escape is refused, never taken as it stands. Pure.
 */
#ifndef HASP_PERCENT_H
#define HASP_PERCENT_H

#include "str.h"

/* The byte that the "%xx" at I of S stands for, or -1 if there is none. */
int percent_byte(struct str s, size_t i);

/*
 * RAW, of application/x-www-form-urlencoded, decoded into ROOM of SIZE bytes:
 * escapes become bytes and plus signs spaces. False for a broken escape, a NUL,
 * what is no UTF-8, or more than there is room for; RAW's length is always
 * room enough.
 */
bool percent_decode(struct str raw, char *room, size_t size, struct str *out)
    MUST_CHECK;

#endif
