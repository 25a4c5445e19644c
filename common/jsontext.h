/* SPDX-License-Identifier: ISC */
/*
 * jsontext [layer 2]: whether a text is JSON (RFC 8259) that everybody reads
 * alike. json-c, even when strict, takes single quotes, NaN, a member that
 * comes twice and \u0000; so nothing reaches it that this has not passed.
 * Pure, no allocation.
 */
#ifndef HASP_JSONTEXT_H
#define HASP_JSONTEXT_H

#include "err.h"
#include "str.h"

/* Bytes of a text, objects and arrays within each other, members of one. */
#define JSONTEXT_MAX 65536
#define JSONTEXT_DEPTH 8
#define JSONTEXT_MEMBERS 64

/*
 * ERR_OK: TEXT is one JSON value of any kind with nothing but blanks around
 * it, within the bounds above; strings are UTF-8 without NUL and half
 * surrogates, no object has a member twice, escapes in names resolved. How
 * large numbers are is not looked at.
 * Else *OFFSET is the byte where it was seen (for what is wrong inside a
 * string, or with a name, where that begins):
 * ERR_BODY_TOO_LARGE, ERR_BODY_TOO_DEEP,
 * ERR_BODY_MEMBER_TWICE,
 * ERR_BODY_NOT_UTF8	also for \ud800 without its other half,
 * ERR_BODY_NUL		a NUL byte anywhere, \u0000,
 * ERR_BODY_MALFORMED	anything else, an object with too many members too.
 */
enum err jsontext_check(struct str text, size_t *offset) MUST_CHECK;

#endif
