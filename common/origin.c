/* SPDX-License-Identifier: ISC */
#include "origin.h"

/* Host and port of an Origin; "" for "null" and whatever is none. */
static struct str
origin_host(struct str origin)
{
	static const char *const schemes[] = { "https://", "http://" };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		struct str scheme = str_of(schemes[i]);

		if (str_starts_nocase(origin, scheme))
			return str_part(origin, scheme.len, origin.len);
	}
	return STR("");
}

bool
origin_is_foreign(const struct request *request)
{
	struct str site = request_param(request, "HTTP_SEC_FETCH_SITE");
	struct str host = request_param(request, "HTTP_HOST");
	struct str origin;

	if (site.len > 0 && !str_eq(site, STR("same-origin")) &&
	    !str_eq(site, STR("none")))
		return true;
	if (!request_find(request, "HTTP_ORIGIN", &origin) || origin.len == 0)
		return false;
	return host.len == 0 || !str_eq_nocase(origin_host(origin), host);
}

bool
origin_is_safe_method(struct str method)
{
	return str_eq(method, STR("GET")) || str_eq(method, STR("HEAD")) ||
	    str_eq(method, STR("OPTIONS"));
}
