/* SPDX-License-Identifier: ISC */
#include "route.h"

/* The path that REQUEST is looked up by; false for an action unknown. */
static bool
route_path(const struct request *request, struct str *out)
{
	if (route_is_check(request)) {
		*out = STR(ROUTE_CHECK);
		return true;
	}
	/* No path is the pseudo path of a check. */
	*out = str_starts(request->path, STR("/")) ? request->path : STR("");
	return request_param(request, "HASP_ACTION").len == 0;
}

static bool
route_takes(const struct route *route, struct str method)
{
	struct str own = str_of(route->method);

	return str_eq(own, STR("*")) || str_eq(own, method) ||
	    (str_eq(own, STR("GET")) && str_eq(method, STR("HEAD")));
}

static void
route_allow(struct buf *allow, const struct route *route)
{
	if (allow->len > 0)
		buf_add(allow, STR(", "));
	buf_add(allow, str_of(route->method));
	if (str_eq(str_of(route->method), STR("GET")))
		buf_add(allow, STR(", HEAD"));
}

enum err
route_find(const struct route *routes, size_t count,
    const struct request *request, struct arena *arena,
    const struct route **out, struct str *allow)
{
	struct buf methods = buf_in(arena);
	struct str path;

	*out = NULL;
	*allow = STR("");
	if (!route_path(request, &path))
		return ERR_SITE_MISCONFIGURED;
	for (size_t i = 0; i < count; i++) {
		if (!str_eq(str_of(routes[i].path), path) &&
		    !str_eq(str_of(routes[i].path), STR(ROUTE_ANY)))
			continue;
		if (route_takes(&routes[i], request->method)) {
			*out = &routes[i];
			return ERR_OK;
		}
		route_allow(&methods, &routes[i]);
	}
	if (methods.failed)
		return ERR_MEMORY;
	*allow = buf_str(&methods);
	return methods.len > 0 ? ERR_METHOD_NOT_ALLOWED : ERR_NOT_FOUND;
}
