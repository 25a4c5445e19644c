/* SPDX-License-Identifier: ISC */
#include "nginx_door.h"

#include <string.h>

/* Whether IF is the documented answer to a browser's preflight. */
static bool
nginx_door_is_preflight(const struct nginx_node *node)
{
	struct str first = str_of(nginx_config_arg(node, 0));

	if (str_starts(first, STR("($hasp_preflight")))
		return true;
	return str_eq(first, STR("($request_method")) &&
	    strcmp(nginx_config_arg(node, 1), "=") == 0 &&
	    strcmp(nginx_config_arg(node, 2), "OPTIONS)") == 0;
}

/* What `return` N says before the check can. */
static void
nginx_door_check_return(const struct nginx_node *n,
    struct nginx_report *report)
{
	struct str code = str_of(nginx_config_arg(n, 0));
	bool number = code.len == 3 && str_all_digits(code);

	if (number && code.ptr[0] >= '4')
		return;
	if (!number || code.ptr[0] == '3')
		nginx_report_add(report, NGINX_FINDING_REDIRECT_BEFORE, n);
	else if (nginx_config_is(n->parent, "if") &&
	    nginx_door_is_preflight(n->parent))
		nginx_report_add(report, NGINX_FINDING_PREFLIGHT, n);
	else
		nginx_report_add(report, NGINX_FINDING_ANSWER_BEFORE, n);
}

static bool
nginx_door_redirects(const struct nginx_node *rewrite)
{
	struct str to = str_of(nginx_config_arg(rewrite, 1));
	const char *flag = nginx_config_arg(rewrite, 2);

	return strcmp(flag, "redirect") == 0 ||
	    strcmp(flag, "permanent") == 0 || str_starts(to, STR("http://")) ||
	    str_starts(to, STR("https://")) || str_starts(to, STR("$scheme"));
}

/* Answers of the rewrite phase in NODE, its `if` blocks included. */
static void
nginx_door_check_answers(const struct nginx_node *node,
    struct nginx_report *report)
{
	for (const struct nginx_node *n = node->first; n != NULL;
	    n = n->next) {
		if (nginx_config_is(n, "return"))
			nginx_door_check_return(n, report);
		else if (nginx_config_is(n, "rewrite") &&
		    nginx_door_redirects(n))
			nginx_report_add(report,
			    NGINX_FINDING_REDIRECT_BEFORE, n);
		else if (nginx_config_is(n, "if"))
			nginx_door_check_answers(n, report);
	}
}

/* Whether somebody wrote `auth_request off` into PLACE or around it. */
static bool
nginx_door_is_meant(const struct nginx_place *place)
{
	const struct nginx_node *level = nginx_config_level(place->node,
	    "auth_request");

	return level != NULL && nginx_config_is(level, "location");
}

/* Whether SERVER protects a prefix that a pattern goes before. */
static bool
nginx_door_has_prefix(const struct nginx_server *server)
{
	for (size_t i = 0; i < server->count; i++)
		if (server->places[i].protected &&
		    *server->places[i].modifier == '\0')
			return true;
	return false;
}

/* Whether PLACE refuses whoever comes: its own `return` says so. */
static bool
nginx_door_is_shut(const struct nginx_place *place)
{
	const struct nginx_node *n = nginx_config_child(place->node, "return",
	    NULL);
	struct str code = str_of(n == NULL ? "" : nginx_config_arg(n, 0));

	return code.len == 3 && str_all_digits(code) && code.ptr[0] >= '4';
}

static void
nginx_door_check_open(const struct nginx_place *place,
    struct nginx_report *report)
{
	bool regex = *place->modifier == '~' &&
	    place->node->parent == place->server->node;

	if (place->protected || !nginx_site_is_reachable(place) ||
	    nginx_site_is_idle(place))
		return;
	if (regex && !nginx_door_is_meant(place) &&
	    nginx_door_has_prefix(place->server))
		nginx_report_add(report, NGINX_FINDING_UNPROTECTED_REGEX,
		    place->node);
	else if (!nginx_door_is_shut(place))
		nginx_report_add(report, NGINX_FINDING_UNPROTECTED,
		    place->node);
}

/* Whether CODE is among those of error_page N. */
static bool
nginx_door_handles(const struct nginx_node *n, const char *code)
{
	for (size_t i = 0; i + 1 < n->arg_count; i++)
		if (strcmp(n->args[i], code) == 0)
			return true;
	return false;
}

/* Whether the named location TARGET of SERVER asks for a key or is ours. */
static bool
nginx_door_is_safe(const struct nginx_server *server, const char *target)
{
	if (strncmp(target, "@hasp_", 6) == 0)
		return true;
	for (size_t i = 0; i < server->count; i++)
		if (strcmp(server->places[i].uri, target) == 0)
			return server->places[i].protected;
	return false;
}

/* Where a request goes that the check refuses, or fails to judge. */
static void
nginx_door_check_error_pages(const struct nginx_place *place,
    struct nginx_report *report)
{
	static const char *const codes[] = { "401", "403", "500" };
	const struct nginx_node *level = nginx_config_level(place->node,
	    "error_page"), *n;
	const char *target;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		n = NULL;
		while (level != NULL && (n = nginx_config_child(level,
		    "error_page", n)) != NULL)
			if (nginx_door_handles(n, codes[i]))
				break;
		if (n == NULL) {
			nginx_report_add(report,
			    NGINX_FINDING_ERROR_PAGE_MISSING, place->node);
			continue;
		}
		target = n->args[n->arg_count - 1];
		if (*target != '@')
			nginx_report_add(report, NGINX_FINDING_ERROR_PAGE_URI,
			    n);
		else if (!nginx_door_is_safe(place->server, target))
			nginx_report_add(report, NGINX_FINDING_ERROR_PAGE, n);
	}
}

/* Each module's switch for caching, and its key. */
static const struct {
	const char *pass;
	const char *cache;
	const char *key;
} nginx_door_caches[] = {
	{ "proxy_pass", "proxy_cache", "proxy_cache_key" },
	{ "fastcgi_pass", "fastcgi_cache", "fastcgi_cache_key" },
	{ "uwsgi_pass", "uwsgi_cache", "uwsgi_cache_key" },
	{ "scgi_pass", "scgi_cache", "scgi_cache_key" },
};

static void
nginx_door_check_cache(const struct nginx_place *place,
    struct nginx_report *report)
{
	for (size_t i = 0; i < ARRAY_LEN(nginx_door_caches); i++) {
		const struct nginx_node *cache, *key;
		struct str value;

		if (place->pass == NULL ||
		    !nginx_config_is(place->pass, nginx_door_caches[i].pass))
			continue;
		cache = nginx_config_effective(place->node,
		    nginx_door_caches[i].cache);
		key = nginx_config_effective(place->node,
		    nginx_door_caches[i].key);
		if (cache == NULL ||
		    strcmp(nginx_config_arg(cache, 0), "off") == 0)
			continue;
		value = str_of(key == NULL ? "" : nginx_config_arg(key, 0));
		if (!str_has(value, STR("$hasp_account")) &&
		    !str_has(value, STR("$hasp_key")) &&
		    !str_has(value, STR("$http_authorization")))
			nginx_report_add(report, NGINX_FINDING_SHARED_CACHE,
			    cache);
	}
}

/* Requests that nginx makes by itself skip the check. */
struct nginx_door_walk {
	const struct nginx_site *site;
	struct nginx_report *report;
};

static void
nginx_door_visit(const struct nginx_node *node, void *arg)
{
	struct nginx_door_walk *walk = arg;
	bool off = strcmp(nginx_config_arg(node, 0), "off") == 0;

	if (off || !nginx_site_covers(walk->site, node))
		return;
	if (nginx_config_is(node, "ssi"))
		nginx_report_add(walk->report, NGINX_FINDING_SSI, node);
	else if (nginx_config_is(node, "mirror") ||
	    nginx_config_is(node, "add_before_body") ||
	    nginx_config_is(node, "add_after_body"))
		nginx_report_add(walk->report, NGINX_FINDING_SUBREQUEST, node);
}

static void
nginx_door_check_protected(const struct nginx_place *place,
    struct nginx_report *report)
{
	if (!place->whole)
		nginx_door_check_answers(place->node, report);
	if (nginx_config_has(place->node, "satisfy", "any"))
		nginx_report_add(report, NGINX_FINDING_SATISFY_ANY,
		    nginx_config_effective(place->node, "satisfy"));
	nginx_door_check_error_pages(place, report);
	nginx_door_check_cache(place, report);
}

void
nginx_door_check(const struct nginx_site *site, struct nginx_report *report)
{
	struct nginx_door_walk walk = { site, report };

	NGINX_SITE_EACH(site, server, place) {
		if (!nginx_site_concerns(server)) {
			if (nginx_site_shares_target(site, place))
				nginx_report_add(report,
				    NGINX_FINDING_SIDE_DOOR, place->pass);
			continue;
		}
		if (place->whole && server->has_protected)
			nginx_door_check_answers(place->node, report);
		if (place->protected && !nginx_site_is_idle(place))
			nginx_door_check_protected(place, report);
		nginx_door_check_open(place, report);
	}
	for (size_t i = 0; i < site->count; i++)
		if (nginx_site_concerns(&site->servers[i])) {
			nginx_config_walk(site->root, nginx_door_visit, &walk);
			break;
		}
}
