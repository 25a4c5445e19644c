/* SPDX-License-Identifier: ISC */
#include "prefer.h"

/* The length of the first preference of LIST: a comma may stand in quotes. */
static size_t
prefer_length(struct str list)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < list.len; i++) {
		if (!quoted && list.ptr[i] == ',')
			break;
		if (list.ptr[i] == '"')
			quoted = !quoted;
		else if (quoted && list.ptr[i] == '\\')
			i++;
	}
	return i < list.len ? i : list.len;
}

/* Digits (RFC 9111 section 1.2.2), as a number of at most MAX. */
static bool
prefer_seconds(struct str text, int64_t max, int64_t *out)
{
	int64_t n = 0;

	if (text.len == 0 || !str_all_digits(text))
		return false;
	for (size_t i = 0; i < text.len && n < max; i++)
		n = n * 10 + (text.ptr[i] - '0');
	*out = n < max ? n : max;
	return true;
}

bool
prefer_wait(struct str header, int64_t max, int64_t *out)
{
	struct str one, name, value, rest;

	while (header.len > 0) {
		one = str_part(header, 0, prefer_length(header));
		header = str_part(header, one.len + 1, header.len);
		(void)str_cut(one, ';', &one, &rest);
		(void)str_cut(one, '=', &name, &value);
		if (str_eq_nocase(str_trim(name), STR("wait")))
			return prefer_seconds(str_trim(value), max, out);
	}
	return false;
}
