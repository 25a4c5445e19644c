/* SPDX-License-Identifier: ISC */
#include "nginx_demand.h"

#include <string.h>

static const char *const nginx_demand_values[] = {
	"auto", "read", "write", "admin",
};

static bool
nginx_demand_sets(const struct nginx_node *node, const char *variable)
{
	return nginx_config_is(node, "set") &&
	    strcmp(nginx_config_arg(node, 0), variable) == 0;
}

/* `set VARIABLE` in NODE itself, or NULL. */
static const struct nginx_node *
nginx_demand_find(const struct nginx_node *node, const char *variable)
{
	const struct nginx_node *n = NULL;

	while ((n = nginx_config_child(node, "set", n)) != NULL)
		if (nginx_demand_sets(n, variable))
			return n;
	return NULL;
}

/* Known, or from a variable that no client fills. */
static bool
nginx_demand_is_good(const char *value)
{
	struct str s = str_of(value);

	if (str_has(s, STR("$")))
		return !str_has(s, STR("$http_")) &&
		    !str_has(s, STR("$arg_")) && !str_has(s, STR("$cookie_")) &&
		    !str_has(s, STR("$request"));
	for (size_t i = 0; i < ARRAY_LEN(nginx_demand_values); i++)
		if (strcmp(value, nginx_demand_values[i]) == 0)
			return true;
	return false;
}

/* Every `set` of a demand below NODE that is not in a nested location. */
static void
nginx_demand_check_sets(const struct nginx_place *place,
    const struct nginx_node *node, struct nginx_report *report)
{
	for (const struct nginx_node *n = node->first; n != NULL;
	    n = n->next) {
		if (nginx_config_is(n, "if"))
			nginx_demand_check_sets(place, n, report);
		if (!nginx_demand_sets(n, "$hasp_require") &&
		    !nginx_demand_sets(n, "$hasp_demand"))
			continue;
		if (!nginx_demand_is_good(nginx_config_arg(n, 1)))
			nginx_report_add(report,
			    NGINX_FINDING_REQUIRE_UNKNOWN, n);
		if (nginx_demand_sets(n, "$hasp_demand"))
			continue;
		if (place->whole) {
			if (nginx_site_is_early(place->server, n))
				nginx_report_add(report,
				    NGINX_FINDING_REQUIRE_SERVER, n);
		} else if (!place->protected)
			nginx_report_add(report,
			    NGINX_FINDING_REQUIRE_UNPROTECTED, n);
	}
}

/* Whether a location around NODE demands a role, by `set` or by address. */
static bool
nginx_demand_is_around(const struct nginx_node *node)
{
	const struct nginx_node *auth;

	for (node = node->parent; nginx_config_is(node, "location");
	    node = node->parent) {
		auth = nginx_config_child(node, "auth_request", NULL);
		if (nginx_demand_find(node, "$hasp_require") != NULL ||
		    (auth != NULL && str_starts(str_of(
		    nginx_config_arg(auth, 0)), STR("/_hasp/check/"))))
			return true;
	}
	return false;
}

/*
 * A nested location inherits auth_request but no `set`: neither the demand
 * nor the copy of it without which auth-check refuses.
 */
static void
nginx_demand_check_nested(const struct nginx_place *place,
    struct nginx_report *report)
{
	const struct nginx_node *level = nginx_config_level(place->node,
	    "auth_request");
	bool own = nginx_demand_find(place->node, "$hasp_demand") != NULL;

	if (!place->protected || place->whole)
		return;
	if (level != place->node && nginx_config_is(level, "location") &&
	    !own && strcmp(nginx_config_arg(place->auth, 0),
	    "/_hasp/check") == 0)
		nginx_report_add(report, NGINX_FINDING_REQUIRE_LOST,
		    place->node);
	if (own && nginx_demand_find(place->node, "$hasp_require") == NULL &&
	    strcmp(nginx_config_arg(place->auth, 0), "/_hasp/check") == 0 &&
	    nginx_demand_is_around(place->node))
		nginx_report_add(report, NGINX_FINDING_REQUIRE_DROPPED,
		    place->node);
}

void
nginx_demand_check(const struct nginx_site *site,
    struct nginx_report *report)
{
	NGINX_SITE_EACH(site, server, place) {
		if (!place->ours)
			nginx_demand_check_sets(place, place->node, report);
		nginx_demand_check_nested(place, report);
	}
}
