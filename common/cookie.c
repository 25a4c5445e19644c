/* SPDX-License-Identifier: ISC */
#include "cookie.h"

bool
cookie_find(struct str header, struct str name, struct str *value)
{
	struct str pair, before, after, found = STR("");
	size_t count = 0;
	bool more;

	do {
		more = str_cut(header, ';', &pair, &header);
		if (!str_cut(str_trim(pair), '=', &before, &after) ||
		    !str_eq(before, name))
			continue;
		found = after;
		count++;
	} while (more);
	if (count != 1)
		return false;
	*value = found;
	return true;
}
