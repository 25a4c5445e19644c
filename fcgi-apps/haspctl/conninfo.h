/* SPDX-License-Identifier: ISC */
/*
 * conninfo [layer 8]: libpq connection strings in the keyword form
 * ("host=/run/postgresql dbname=hasp"), as far as haspctl has to read and
 * extend them. Pure.
 */
#ifndef HASPCTL_CONNINFO_H
#define HASPCTL_CONNINFO_H

#include "arena.h"
#include "str.h"

/* Whether TEXT is of the URI form, postgresql://... */
bool conninfo_is_uri(const char *text);

/*
 * The value of KEY, unquoted, in ARENA; the last one counts, as in libpq.
 * NULL if it is not there, TEXT is no keyword form, or memory is short.
 */
const char *conninfo_get(struct arena *arena, const char *text,
    const char *key) MUST_CHECK;

/* Whether TEXT holds a password, in either form. */
bool conninfo_has_password(struct arena *arena, const char *text);

/* TEXT and KEY = VALUE behind it, which then counts; NULL without memory. */
const char *conninfo_with(struct arena *arena, const char *text,
    const char *key, const char *value) MUST_CHECK;

#endif
