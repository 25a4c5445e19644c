/* SPDX-License-Identifier: ISC */
#include "nginx_leak.h"

#include <string.h>

struct nginx_leak_walk {
	const struct nginx_site *site;
	struct nginx_report *report;
};

static bool
nginx_leak_has(const struct nginx_node *node, struct str text)
{
	for (size_t i = 0; i < node->arg_count; i++)
		if (str_has(str_of(node->args[i]), text))
			return true;
	return false;
}

static void
nginx_leak_visit(const struct nginx_node *node, void *arg)
{
	struct nginx_leak_walk *walk = arg;

	if (!nginx_site_covers(walk->site, node))
		return;
	if (nginx_config_is(node, "debug_connection") ||
	    (nginx_config_is(node, "error_log") &&
	    str_starts(str_of(nginx_config_arg(node, 1)), STR("debug"))))
		nginx_report_add(walk->report, NGINX_FINDING_LOG_DEBUG, node);
	else if (nginx_config_is(node, "log_format") &&
	    (nginx_leak_has(node, STR("$http_authorization")) ||
	    nginx_leak_has(node, STR("$http_x_api_key"))))
		nginx_report_add(walk->report, NGINX_FINDING_LOG_CREDENTIAL,
		    node);
}

/* Variables that hold what a client puts a key into by mistake. */
static const char *const nginx_leak_variables[] = {
	"remote_user", "request", "request_uri", "args", "query_string",
};

/* Whether TEXT has a variable of that very NAME in it, in either form. */
static bool
nginx_leak_has_variable(struct str text, const char *name)
{
	size_t len = strlen(name), at = 0;

	while (at < text.len) {
		struct str rest;

		at += str_find(str_part(text, at, text.len), '$') + 1;
		if (at < text.len && text.ptr[at] == '{')
			at++;
		rest = str_part(text, at, text.len);
		if (str_starts(rest, str_of(name)) &&
		    (rest.len == len || (rest.ptr[len] != '_' &&
		    (rest.ptr[len] < 'a' || rest.ptr[len] > 'z'))))
			return true;
	}
	return false;
}

static bool
nginx_leak_has_any(const struct nginx_node *format)
{
	for (size_t i = 0; i < ARRAY_LEN(nginx_leak_variables); i++)
		for (size_t k = 1; k < format->arg_count; k++)
			if (nginx_leak_has_variable(str_of(format->args[k]),
			    nginx_leak_variables[i]))
				return true;
	return false;
}

/* Whether the log format NAME, seen from NODE, writes one of those. */
static bool
nginx_leak_is_wordy(const struct nginx_node *node, const char *name)
{
	const struct nginx_node *n;

	/* nginx's own format, which cannot be redefined. */
	if (strcmp(name, "combined") == 0)
		return true;
	for (; node != NULL; node = node->parent) {
		n = NULL;
		while ((n = nginx_config_child(node, "log_format", n)) != NULL)
			if (strcmp(nginx_config_arg(n, 0), name) == 0)
				return nginx_leak_has_any(n);
	}
	return false;
}

static const char *
nginx_leak_format(const struct nginx_node *access_log)
{
	const char *format = nginx_config_arg(access_log, 1);

	return *format == '\0' || strchr(format, '=') != NULL ? "combined" :
	    format;
}

static void
nginx_leak_check_access_log(const struct nginx_place *place,
    struct nginx_report *report)
{
	const struct nginx_node *level = nginx_config_level(place->node,
	    "access_log"), *n = NULL;

	/* Without any line nginx writes its own log in its own format. */
	if (level == NULL)
		nginx_report_add(report, NGINX_FINDING_LOG_MISPLACED,
		    place->server->node);
	while (level != NULL &&
	    (n = nginx_config_child(level, "access_log", n)) != NULL)
		if (strcmp(nginx_config_arg(n, 0), "off") != 0 &&
		    nginx_leak_is_wordy(n, nginx_leak_format(n)))
			nginx_report_add(report,
			    NGINX_FINDING_LOG_MISPLACED, n);
}

/* Whether `listen` N takes plain connections from other machines. */
static bool
nginx_leak_is_plain(const struct nginx_node *n)
{
	struct str address = str_of(nginx_config_arg(n, 0));

	for (size_t i = 1; i < n->arg_count; i++)
		if (strcmp(n->args[i], "ssl") == 0 ||
		    strcmp(n->args[i], "quic") == 0)
			return false;
	return !str_starts(address, STR("127.")) &&
	    !str_starts(address, STR("[::1]")) &&
	    !str_starts(address, STR("localhost")) &&
	    !str_starts(address, STR("unix:"));
}

static void
nginx_leak_check_listen(const struct nginx_server *server,
    struct nginx_report *report)
{
	const struct nginx_node *n = nginx_config_child(server->node,
	    "listen", NULL);

	if (nginx_config_has(server->node, "ssl", "on"))
		return;
	/* nginx listens on port 80 of everything if nothing is said. */
	if (n == NULL)
		nginx_report_add(report, NGINX_FINDING_PLAIN_HTTP,
		    server->node);
	for (; n != NULL; n = nginx_config_child(server->node, "listen", n))
		if (nginx_leak_is_plain(n))
			nginx_report_add(report, NGINX_FINDING_PLAIN_HTTP, n);
}

void
nginx_leak_check(const struct nginx_site *site, struct nginx_report *report)
{
	struct nginx_leak_walk walk = { site, report };

	nginx_config_walk(site->root, nginx_leak_visit, &walk);
	NGINX_SITE_EACH(site, server, place) {
		if (place->whole && server->has_protected)
			nginx_leak_check_listen(server, report);
		if (place->protected)
			nginx_leak_check_access_log(place, report);
	}
}
