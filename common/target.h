/* SPDX-License-Identifier: ISC */
/*
 * target [layer 2]: the request target as the client sent it (RFC 9112
 * section 3.2). Roles never depend on paths; this finds the query, names
 * targets that servers read in different ways, and override parameters. Pure.
 */
#ifndef HASP_TARGET_H
#define HASP_TARGET_H

#include "str.h"

/* Bytes of a decoded parameter's name, at most. */
#define TARGET_NAME_MAX 64

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

enum target_answer {
	TARGET_ABSENT,
	TARGET_FOUND,
	TARGET_TWICE,		/* whose value counts, nobody says */
	/*
	 * A broken escape, a NUL, no UTF-8, or more than there is room for.
	 */
	TARGET_BAD,
};

/*
 * The parameter NAME (exact, once decoded) of QUERY, whose parameters stand
 * between & or ;. If it is TARGET_FOUND, VALUE is its value in ROOM of SIZE
 * bytes, percent-decoded, plus signs made spaces; else VALUE is left alone.
 */
enum target_answer target_parameter(struct str query, struct str name,
    char *room, size_t size, struct str *value) MUST_CHECK;

/*
 * Whether all parameters of QUERY have one of NAMES, whose last is NULL: a
 * mistyped one is better refused than ignored.
 */
bool target_parameters_known(struct str query, const char *const *names)
    MUST_CHECK;

#endif
