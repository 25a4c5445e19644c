/* SPDX-License-Identifier: ISC */
#include "conninfo.h"

#include <string.h>

#include "buf.h"

static const char conninfo_blanks[] = " \t\r\n\v\f";

bool
conninfo_is_uri(const char *text)
{
	struct str s = str_of(text);

	return str_starts(s, STR("postgresql://")) ||
	    str_starts(s, STR("postgres://"));
}

static const char *
conninfo_skip(const char *p)
{
	return p + strspn(p, conninfo_blanks);
}

/* Copies the value at P unquoted into OUT; where it ends, NULL if nowhere. */
static const char *
conninfo_value(const char *p, char *out)
{
	bool quoted = *p == '\'';

	if (quoted)
		p++;
	for (; *p != '\0'; p++) {
		if (quoted ? *p == '\'' : strchr(conninfo_blanks, *p) != NULL)
			break;
		if (*p == '\\' && *++p == '\0')
			return NULL;
		*out++ = *p;
	}
	*out = '\0';
	if (quoted && *p++ != '\'')
		return NULL;
	return p;
}

const char *
conninfo_get(struct arena *arena, const char *text, const char *key)
{
	const char *found = NULL, *p = conninfo_skip(text), *name;
	char *value;
	size_t len;

	while (*p != '\0') {
		name = p;
		len = strcspn(p, " \t\r\n\v\f=");
		p = conninfo_skip(p + len);
		if (len == 0 || *p != '=')
			return NULL;
		p = conninfo_skip(p + 1);
		if ((value = arena_alloc(arena, strlen(p) + 1)) == NULL ||
		    (p = conninfo_value(p, value)) == NULL)
			return NULL;
		if (strlen(key) == len && memcmp(name, key, len) == 0)
			found = value;
		p = conninfo_skip(p);
	}
	return found;
}

bool
conninfo_has_password(struct arena *arena, const char *text)
{
	struct str rest = str_of(text), user, host;

	if (!conninfo_is_uri(text))
		return conninfo_get(arena, text, "password") != NULL;
	if (str_has(rest, STR("password=")))
		return true;
	/* postgresql://user:password@host/name */
	rest = str_part(rest, str_find(rest, ':') + 3, rest.len);
	rest = str_part(rest, 0, str_find(rest, '/'));
	return str_cut(rest, '@', &user, &host) &&
	    str_find(user, ':') < user.len;
}

const char *
conninfo_with(struct arena *arena, const char *text, const char *key,
    const char *value)
{
	struct buf out = buf_in(arena);

	buf_printf(&out, "%s%s%s='", text, *text == '\0' ? "" : " ", key);
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			buf_add(&out, STR("\\"));
		buf_add(&out, (struct str){ value, 1 });
	}
	buf_add(&out, STR("'"));
	return out.failed ? NULL : out.data;
}
