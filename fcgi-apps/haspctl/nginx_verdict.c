/* SPDX-License-Identifier: ISC */
#include "nginx_verdict.h"

#include <string.h>

/* Whether a check of SERVER answers at URI. */
static bool
nginx_verdict_answers(const struct nginx_server *server, const char *uri)
{
	for (size_t i = 0; i < server->count; i++) {
		const struct nginx_place *place = &server->places[i];

		if (place->check && strcmp(place->uri, uri) == 0)
			return true;
		if (place->check && *place->modifier != '=' &&
		    strncmp(uri, place->uri, strlen(place->uri)) == 0)
			return true;
	}
	return false;
}

/* Where the auth_request of PLACE leads. */
static void
nginx_verdict_check_auth(const struct nginx_place *place,
    struct nginx_report *report)
{
	const char *uri;

	if (place->auth == NULL || place->check)
		return;
	uri = nginx_config_arg(place->auth, 0);
	if (!place->protected) {
		if (nginx_site_concerns(place->server) && !place->ours)
			nginx_report_add(report, NGINX_FINDING_CHECK_ELSEWHERE,
			    place->auth);
		return;
	}
	if (strchr(uri, '?') != NULL)
		nginx_report_add(report, NGINX_FINDING_CHECK_QUERY,
		    place->auth);
	else if (!nginx_verdict_answers(place->server, uri))
		nginx_report_add(report, NGINX_FINDING_CHECK_MISSING,
		    place->auth);
}

/* The parameters that count at LEVEL: HASP_REQUIRE, HASP_REFUSAL, no twins. */
static void
nginx_verdict_check_params(const struct nginx_place *place,
    struct nginx_report *report)
{
	static const char name[] = "fastcgi_param";
	const struct nginx_node *level = nginx_config_level(place->node, name);
	const struct nginx_node *n = NULL, *other;
	bool demand = false, fold = false;

	while (level != NULL &&
	    (n = nginx_config_child(level, name, n)) != NULL) {
		const char *param = nginx_config_arg(n, 0);
		const char *value = nginx_config_arg(n, 1);

		demand = demand || (strcmp(param, "HASP_REQUIRE") == 0 &&
		    strcmp(value, "$hasp_require") == 0);
		fold = fold || (strcmp(param, "HASP_REFUSAL") == 0 &&
		    strcmp(value, "fold") == 0);
		for (other = nginx_config_child(level, name, n);
		    other != NULL;
		    other = nginx_config_child(level, name, other))
			if (strcmp(nginx_config_arg(other, 0), param) == 0)
				nginx_report_add(report,
				    NGINX_FINDING_CHECK_TWICE, other);
	}
	if (!demand)
		nginx_report_add(report, NGINX_FINDING_CHECK_NO_DEMAND,
		    place->node);
	if (!fold)
		nginx_report_add(report, NGINX_FINDING_CHECK_NO_FOLD,
		    place->node);
}

/* The upstream that PASS names, or NULL. */
static const struct nginx_node *
nginx_verdict_upstream(const struct nginx_node *pass)
{
	const struct nginx_node *http = pass, *n = NULL;

	while (http->parent != NULL && !nginx_config_is(http, "http"))
		http = http->parent;
	while ((n = nginx_config_child(http, "upstream", n)) != NULL)
		if (strcmp(nginx_config_arg(n, 0),
		    nginx_config_arg(pass, 0)) == 0)
			return n;
	return NULL;
}

static void
nginx_verdict_check_connection(const struct nginx_place *place,
    struct nginx_report *report)
{
	const struct nginx_node *store = nginx_config_effective(place->node,
	    "fastcgi_store");
	const struct nginx_node *upstream =
	    nginx_verdict_upstream(place->pass), *line;

	if (!nginx_config_has(place->node, "fastcgi_keep_conn", "on") ||
	    store == NULL || strcmp(nginx_config_arg(store, 0), "off") == 0)
		nginx_report_add(report, NGINX_FINDING_CHECK_CLOSES,
		    place->node);
	if (upstream == NULL)
		return;
	if (nginx_config_child(upstream, "keepalive", NULL) == NULL)
		nginx_report_add(report, NGINX_FINDING_UPSTREAM_CLOSES,
		    upstream);
	line = nginx_config_child(upstream, "server", NULL);
	if (line != NULL &&
	    (line = nginx_config_child(upstream, "server", line)) != NULL)
		nginx_report_add(report, NGINX_FINDING_UPSTREAM_TWICE, line);
}

/* Switches of the check: NAME must be VALUE. */
static const struct {
	const char *name;
	const char *value;
	enum nginx_finding finding;
} nginx_verdict_switches[] = {
	{ "fastcgi_pass_request_headers", "off",
	    NGINX_FINDING_CHECK_HEADERS },
	{ "fastcgi_pass_request_body", "off", NGINX_FINDING_CHECK_BODY },
};

/* How long nginx waits for PLACE. */
static void
nginx_verdict_check_patience(const struct nginx_place *place, int answer,
    struct nginx_report *report)
{
	const struct nginx_node *timeout = nginx_config_effective(place->node,
	    "fastcgi_read_timeout");
	/* Without one it is 60 s (ngx_http_fastcgi_module). */
	const char *text = timeout == NULL ? "60s" :
	    nginx_config_arg(timeout, 0);

	if (nginx_config_time(text) > answer)
		nginx_report_add(report, NGINX_FINDING_CHECK_PATIENT,
		    timeout == NULL ? place->node : timeout);
}

static void
nginx_verdict_check_location(const struct nginx_place *place,
    struct nginx_report *report)
{
	const struct nginx_node *cache = nginx_config_effective(place->node,
	    "fastcgi_cache");

	if (nginx_config_effective(place->node, "internal") == NULL)
		nginx_report_add(report, NGINX_FINDING_CHECK_PUBLIC,
		    place->node);
	if (place->auth != NULL)
		nginx_report_add(report, NGINX_FINDING_CHECK_CHECKED,
		    place->node);
	if (cache != NULL && strcmp(nginx_config_arg(cache, 0), "off") != 0)
		nginx_report_add(report, NGINX_FINDING_CHECK_CACHED, cache);
	for (size_t i = 0; i < ARRAY_LEN(nginx_verdict_switches); i++)
		if (!nginx_config_has(place->node,
		    nginx_verdict_switches[i].name,
		    nginx_verdict_switches[i].value))
			nginx_report_add(report,
			    nginx_verdict_switches[i].finding, place->node);
	nginx_verdict_check_params(place, report);
	nginx_verdict_check_connection(place, report);
}

/* Directives of the rewrite phase, which runs for the check, too. */
static const char *const nginx_verdict_rewrites[] = {
	"rewrite", "if", "return", "break",
};

/* What SERVER rewrites before hasp-server.conf keeps the check out of it. */
static void
nginx_verdict_check_order(const struct nginx_server *server,
    struct nginx_report *report)
{
	for (const struct nginx_node *n = server->node->first; n != NULL;
	    n = n->next)
		for (size_t i = 0; i < ARRAY_LEN(nginx_verdict_rewrites); i++)
			if (nginx_config_is(n, nginx_verdict_rewrites[i]) &&
			    nginx_site_is_early(server, n))
				nginx_report_add(report,
				    NGINX_FINDING_SNIPPET_LATE, n);
}

void
nginx_verdict_check(const struct nginx_site *site, int answer,
    struct nginx_report *report)
{
	bool concerned = false;

	NGINX_SITE_EACH(site, server, place) {
		nginx_verdict_check_auth(place, report);
		if (!place->check)
			continue;
		nginx_verdict_check_location(place, report);
		nginx_verdict_check_patience(place, answer, report);
	}
	for (size_t i = 0; i < site->count; i++) {
		const struct nginx_server *server = &site->servers[i];

		concerned = concerned || nginx_site_concerns(server);
		if (server->has_check)
			nginx_verdict_check_order(server, report);
		if (server->has_check && !server->has_protected &&
		    !server->has_manage)
			nginx_report_add(report,
			    NGINX_FINDING_NOTHING_PROTECTED, server->node);
	}
	if (!concerned)
		nginx_report_add(report, NGINX_FINDING_NOTHING_PROTECTED,
		    site->root);
}
