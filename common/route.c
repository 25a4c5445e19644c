/* SPDX-License-Identifier: ISC */
#include "route.h"

#include <string.h>

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

/*
 * Whether PATH is as ROUTE says; PARAMS get its open parts. Segment by
 * segment, so that no open part reaches past a slash.
 */
static bool
route_leads(const struct route *route, struct str path,
    struct str params[ROUTE_PARAMS_MAX])
{
	struct str own = str_of(route->path), want, have;
	size_t n = 0;
	bool more;

	if (str_eq(own, STR(ROUTE_ANY)))
		return true;
	memset(params, 0, ROUTE_PARAMS_MAX * sizeof(*params));
	do {
		more = str_cut(own, '/', &want, &own);
		if (str_cut(path, '/', &have, &path) != more)
			return false;
		if (str_starts(want, STR("{")) && have.len > 0 &&
		    n < ROUTE_PARAMS_MAX)
			params[n++] = have;
		else if (!str_eq(want, have))
			return false;
	} while (more);
	return true;
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
    struct route_match *out)
{
	struct buf methods = buf_in(arena);
	struct str path;

	memset(out, 0, sizeof(*out));
	if (!route_path(request, &path))
		return ERR_SITE_MISCONFIGURED;
	for (size_t i = 0; i < count; i++) {
		if (!route_leads(&routes[i], path, out->params))
			continue;
		if (route_takes(&routes[i], request->method)) {
			out->route = &routes[i];
			return ERR_OK;
		}
		route_allow(&methods, &routes[i]);
	}
	if (methods.failed)
		return ERR_MEMORY;
	out->allow = buf_str(&methods);
	return methods.len > 0 ? ERR_METHOD_NOT_ALLOWED : ERR_NOT_FOUND;
}
