/* SPDX-License-Identifier: ISC */
/*
 * target [layer 2]: the request target as the client sent it (RFC 9112
 * section 3.2). Roles never depend on paths; this finds the query, names
 * targets that servers read in different ways, and override parameters. Pure.
 */
#ifndef HASP_TARGET_H
#define HASP_TARGET_H

#include "str.h"

struct target {
	struct str path;	/* raw, without query */
	struct str query;	/* raw, without '?'; "" if none */
};

/* Splits RAW; an absolute form (http://host/path) loses scheme and host. */
struct target target_parse(struct str raw);

/*
 * Whether servers could disagree about what PATH names: a dot segment, a
 * doubled slash, an encoded dot, slash, backslash, percent or NUL, a
 * semicolon, a backslash, a '#', a control byte or a byte outside ASCII.
 */
bool target_ambiguous(struct str path);

/* Whether QUERY has a parameter NAME (either case, percent-decoded). */
bool target_has_parameter(struct str query, struct str name);

#endif
