/* SPDX-License-Identifier: ISC */
#include "cookie.h"

bool
cookie_find(struct str header, struct str name, struct str *value)
{
	struct str pair, own, rest = header, text;
	size_t found = 0;
	bool more;

	do {
		more = str_cut(rest, ';', &pair, &rest);
		if (str_cut(str_trim(pair), '=', &own, &text) &&
		    str_eq(own, name) && found++ == 0)
			*value = text;
	} while (more);
	if (found != 1)
		*value = STR("");
	return found == 1;
}
