/* SPDX-License-Identifier: ISC */
/*
 * role [layer 2]: what a key may do, as one table of roles and methods. Pure.
 */
#ifndef HASP_ROLE_H
#define HASP_ROLE_H

#include "str.h"

/* In rising order: each role may do all that the ones before it may. */
enum role {
	ROLE_NONE,		/* may do nothing; never stored */
	ROLE_READ,		/* GET HEAD */
	ROLE_WRITE,		/* and POST PATCH */
	ROLE_ADMIN,		/* and every other method */
	ROLE__COUNT
};

/* "read", "write", "admin"; "none". */
const char *role_name(enum role role);

/* The role of that name; false for any other text, "none" included. */
bool role_parse(struct str name, enum role *out) MUST_CHECK;

/*
 * The least role that METHOD takes. EXTRA_READ and EXTRA_WRITE are methods,
 * separated by spaces, that a site grants to readers and writers on top
 * (OPTIONS, PUT). Methods are case-sensitive (RFC 9110 section 9.1); one that
 * is unknown takes ROLE_ADMIN.
 */
enum role role_for_method(struct str method, struct str extra_read,
    struct str extra_write);

/*
 * What a location demands: "auto" or "" asks nothing beyond the method, a
 * role's name asks for that role. False for any other text: refuse.
 */
bool role_demand(struct str text, enum role *out) MUST_CHECK;

#endif
