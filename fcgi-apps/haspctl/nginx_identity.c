/* SPDX-License-Identifier: ISC */
#include "nginx_identity.h"

#include <string.h>
#include <strings.h>

/* How each module is told what to send on. */
static const struct nginx_identity_way {
	const char *pass;
	const char *set;	/* directive that names header or parameter */
	bool parameter;		/* it names HTTP_X_... instead of X-... */
	const char *headers;	/* the switch for the client's headers, or "" */
} nginx_identity_ways[] = {
	{ "proxy_pass", "proxy_set_header", false,
	    "proxy_pass_request_headers" },
	{ "grpc_pass", "grpc_set_header", false, "" },
	{ "fastcgi_pass", "fastcgi_param", true,
	    "fastcgi_pass_request_headers" },
	{ "uwsgi_pass", "uwsgi_param", true, "uwsgi_pass_request_headers" },
	{ "scgi_pass", "scgi_param", true, "scgi_pass_request_headers" },
};

/* Each header, and the parameter that a web program sees it as. */
static const struct {
	const char *header;
	const char *parameter;
} nginx_identity_names[] = {
	{ "X-Hasp-Account", "HTTP_X_HASP_ACCOUNT" },
	{ "X-Hasp-Key", "HTTP_X_HASP_KEY" },
	{ "X-Hasp-Secret-Version", "HTTP_X_HASP_SECRET_VERSION" },
	{ "X-Hasp-Role", "HTTP_X_HASP_ROLE" },
	{ "X-Hasp-Environment", "HTTP_X_HASP_ENVIRONMENT" },
	{ "X-Hasp-App", "HTTP_X_HASP_APP" },
	{ "X-Hasp-Request-Id", "HTTP_X_HASP_REQUEST_ID" },
};

static const struct nginx_identity_way *
nginx_identity_way(const struct nginx_node *pass)
{
	for (size_t i = 0; i < ARRAY_LEN(nginx_identity_ways); i++)
		if (nginx_config_is(pass, nginx_identity_ways[i].pass))
			return &nginx_identity_ways[i];
	return NULL;
}

/* The line that sets HEADER or PARAMETER for PLACE, or NULL. */
static const struct nginx_node *
nginx_identity_line(const struct nginx_place *place,
    const struct nginx_identity_way *way, const char *header,
    const char *parameter)
{
	const struct nginx_node *level = nginx_config_level(place->node,
	    way->set), *n = NULL;

	while (level != NULL &&
	    (n = nginx_config_child(level, way->set, n)) != NULL)
		if (way->parameter ?
		    strcmp(nginx_config_arg(n, 0), parameter) == 0 :
		    strcasecmp(nginx_config_arg(n, 0), header) == 0)
			return n;
	return NULL;
}

/* Whether every X-Hasp header is set; those set from the client are told. */
static bool
nginx_identity_is_set(const struct nginx_place *place,
    const struct nginx_identity_way *way, struct nginx_report *report)
{
	bool all = true;

	for (size_t i = 0; i < ARRAY_LEN(nginx_identity_names); i++) {
		const struct nginx_node *line = nginx_identity_line(place, way,
		    nginx_identity_names[i].header,
		    nginx_identity_names[i].parameter);

		if (line == NULL) {
			all = false;
			continue;
		}
		if (str_has(str_of(nginx_config_arg(line, 1)), STR("$http_")))
			nginx_report_add(report,
			    NGINX_FINDING_IDENTITY_CLIENT, line);
	}
	return all;
}

static void
nginx_identity_check_pass(const struct nginx_site *site,
    const struct nginx_place *place, struct nginx_report *report)
{
	const struct nginx_identity_way *way = nginx_identity_way(place->pass);
	bool all, passed;

	if (way == NULL)
		return;
	passed = *way->headers == '\0' ||
	    !nginx_config_has(place->node, way->headers, "off");
	all = nginx_identity_is_set(place, way, report);
	if (!all && passed)
		nginx_report_add(report, place->protected ?
		    NGINX_FINDING_IDENTITY_MISSING :
		    nginx_site_shares_target(site, place) ?
		    NGINX_FINDING_CLEAR_MISSING_SHARED :
		    NGINX_FINDING_CLEAR_MISSING, place->pass);
	if (place->protected && passed && nginx_identity_line(place, way,
	    "Authorization", "HTTP_AUTHORIZATION") == NULL)
		nginx_report_add(report, NGINX_FINDING_CREDENTIAL_PASSED,
		    place->pass);
}

/* Whether auth_request_set fills $hasp_account for PLACE. */
static bool
nginx_identity_is_filled(const struct nginx_place *place)
{
	const struct nginx_node *level = nginx_config_level(place->node,
	    "auth_request_set"), *n = NULL;

	while (level != NULL && (n = nginx_config_child(level,
	    "auth_request_set", n)) != NULL)
		if (strcmp(nginx_config_arg(n, 0), "$hasp_account") == 0 &&
		    strcmp(nginx_config_arg(n, 1),
		    "$upstream_http_x_hasp_account") == 0)
			return true;
	return false;
}

/* Names of headers that nginx takes for the client's own business. */
static void
nginx_identity_check_names(const struct nginx_server *server,
    struct nginx_report *report)
{
	if (nginx_config_has(server->node, "underscores_in_headers", "on"))
		nginx_report_add(report, NGINX_FINDING_UNDERSCORES,
		    nginx_config_effective(server->node,
		    "underscores_in_headers"));
	if (nginx_config_has(server->node, "ignore_invalid_headers", "off"))
		nginx_report_add(report, NGINX_FINDING_UNDERSCORES,
		    nginx_config_effective(server->node,
		    "ignore_invalid_headers"));
}

void
nginx_identity_check(const struct nginx_site *site,
    struct nginx_report *report)
{
	NGINX_SITE_EACH(site, server, place) {
		if (!nginx_site_concerns(server) || place->ours)
			continue;
		if (place->whole)
			nginx_identity_check_names(server, report);
		if (place->protected && !nginx_site_is_idle(place) &&
		    !nginx_identity_is_filled(place))
			nginx_report_add(report, NGINX_FINDING_IDENTITY_UNSET,
			    place->node);
		if (place->pass != NULL)
			nginx_identity_check_pass(site, place, report);
	}
}
