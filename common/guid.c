/* SPDX-License-Identifier: ISC */
#include "guid.h"

#include <string.h>

bool
guid_check(struct str text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (text.len != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (form[i] == 'x' ? memchr("0123456789abcdefABCDEF",
		    text.ptr[i], 22) == NULL : text.ptr[i] != '-')
			return false;
	return true;
}

bool
guid_lower(struct str text, char out[GUID_SIZE])
{
	if (!guid_check(text))
		return false;
	for (size_t i = 0; i < text.len; i++)
		out[i] = text.ptr[i] >= 'A' && text.ptr[i] <= 'F' ?
		    (char)(text.ptr[i] - 'A' + 'a') : text.ptr[i];
	out[text.len] = '\0';
	return true;
}
