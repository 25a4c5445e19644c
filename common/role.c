/* SPDX-License-Identifier: ISC */
#include "role.h"

static const char *const role_names[ROLE__COUNT] = {
	[ROLE_NONE] = "none",
	[ROLE_READ] = "read",
	[ROLE_WRITE] = "write",
	[ROLE_ADMIN] = "admin",
};

/* Methods not listed take ROLE_ADMIN. */
static const struct {
	struct str method;
	enum role role;
} role_methods[] = {
	{ { "GET", 3 }, ROLE_READ },
	{ { "HEAD", 4 }, ROLE_READ },
	{ { "POST", 4 }, ROLE_WRITE },
	{ { "PATCH", 5 }, ROLE_WRITE },
};

const char *
role_name(enum role role)
{
	return (unsigned int)role < ROLE__COUNT ? role_names[role] : "none";
}

bool
role_parse(struct str name, enum role *out)
{
	for (enum role r = ROLE_READ; r < ROLE__COUNT; r++) {
		if (!str_eq(name, str_of(role_names[r])))
			continue;
		*out = r;
		return true;
	}
	return false;
}

static bool
role_lists(struct str list, struct str method)
{
	struct str word;

	while (str_word(&list, " ", &word))
		if (str_eq(word, method))
			return true;
	return false;
}

enum role
role_for_method(struct str method, struct str extra_read,
    struct str extra_write)
{
	if (method.len == 0)
		return ROLE_ADMIN;
	for (size_t i = 0; i < ARRAY_LEN(role_methods); i++)
		if (str_eq(role_methods[i].method, method))
			return role_methods[i].role;
	if (role_lists(extra_read, method))
		return ROLE_READ;
	return role_lists(extra_write, method) ? ROLE_WRITE : ROLE_ADMIN;
}

bool
role_demand(struct str text, enum role *out)
{
	if (text.len == 0 || str_eq(text, STR("auto"))) {
		*out = ROLE_NONE;
		return true;
	}
	return role_parse(text, out);
}
