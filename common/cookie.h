/* SPDX-License-Identifier: ISC */
/*
 * cookie [layer 2]: one cookie out of a Cookie header (RFC 6265 section
 * 4.2.1). Pure.
 */
#ifndef HASP_COOKIE_H
#define HASP_COOKIE_H

#include "str.h"

/*
 * The value of the cookie NAME in HEADER, as it stands. False, and an empty
 * value, if it is not there, or there twice: then nobody knows which counts.
 */
bool cookie_find(struct str header, struct str name, struct str *value);

#endif
