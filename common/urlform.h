/* SPDX-License-Identifier: ISC */
/*
 * urlform [layer 2]: bodies of application/x-www-form-urlencoded, as OAuth has
 * them (RFC 6749 section 3.2 and appendix B): one that is unknown is ignored,
 * one without a value is as good as absent, one that comes twice is refused,
 * and so is the whole body for one bad byte. Pure.
 */
#ifndef HASP_URLFORM_H
#define HASP_URLFORM_H

#include "str.h"

/* Bytes of a body, and parameters in it, at most. */
#define URLFORM_MAX 65536
#define URLFORM_PARAMS 256

/* A parameter that is known. */
struct urlform_param {
	const char *name;	/* exact, once decoded */
	struct str value;	/* decoded; of length 0 if there is none */
	bool seen;		/* it was there, perhaps without a value */
};

enum urlform_answer {
	URLFORM_READ,
	URLFORM_TWICE,		/* a known parameter; FAULT says which */
	/*
	 * In FAULT, a known parameter, or, with FAULT at COUNT, elsewhere: a
	 * broken escape, a NUL, no UTF-8; too many bytes or parameters.
	 */
	URLFORM_BAD,
};

/*
 * Fills the values of the COUNT PARAMS, which have nothing but their names,
 * from BODY. They live in ROOM, which has as many bytes as BODY. Unless all is
 * well FAULT is the number of a parameter.
 */
enum urlform_answer urlform_read(struct str body, struct urlform_param *params,
    size_t count, char *room, size_t *fault) MUST_CHECK;

/*
 * Whether CONTENT_TYPE (RFC 9110 section 8.3) says that a body is such a form:
 * any letters' case, no parameter but a charset of utf-8.
 */
bool urlform_is_type(struct str content_type) MUST_CHECK;

#endif
