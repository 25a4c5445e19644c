/* SPDX-License-Identifier: ISC */
/*
 * cookie [layer 2]: reading a Cookie header. Pure.
 */
#ifndef HASP_COOKIE_H
#define HASP_COOKIE_H

#include "str.h"

/*
 * The value of the cookie NAME (not empty, compared exactly) in HEADER, whose
 * cookies stand between semicolons (RFC 6265 section 4.2.1); the blanks around
 * each are not part of it. Nothing is decoded, quotes stay. False, with VALUE
 * left alone, if it is not there, and if it is there more than once: a
 * neighbouring site may have put one of them there, and nobody says which.
 */
bool cookie_find(struct str header, struct str name, struct str *value)
    MUST_CHECK;

#endif
