/* SPDX-License-Identifier: ISC */
/*
 * err [layer 1]: the one list of what can go wrong. Values, codes and
 * sentences come from errors.def; functions that can fail return enum err.
 */
#ifndef HASP_ERR_H
#define HASP_ERR_H

#include "base.h"

enum err {
	ERR_OK = 0,
#define G(title)
#define E(name, http, code, sentence) ERR_##name,
#include "errors.def"
#undef E
#undef G
	ERR__COUNT
};

/* HTTP status to answer with; 200 for ERR_OK, 503 for a value unknown. */
int err_http(enum err err);

/*
 * What strangers are told for ERR: ERR_INTERNAL in place of the ones that only
 * operators meet (those of status 500), else ERR itself.
 */
enum err err_public(enum err err);

/* The stable code, lower case with underscores; "ok" for ERR_OK. */
const char *err_code(enum err err);

/* The public sentence; "" for ERR_OK. */
const char *err_sentence(enum err err);

/*
 * The group ERR stands in, if it is the first of its group, else NULL: for
 * writing the table as a document.
 */
const char *err_group(enum err err);

/* The standard reason phrase of an HTTP status (RFC 9110 section 15). */
const char *err_reason(int http);

#endif
