/* SPDX-License-Identifier: ISC */
#include "nginx_site.h"

#include <string.h>

static const char nginx_site_check_uri[] = "/_hasp/check";

static const char *const nginx_site_passes[] = {
	"proxy_pass", "fastcgi_pass", "grpc_pass", "uwsgi_pass", "scgi_pass",
};

static bool
nginx_site_begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A pass directive in NODE, or in an `if` or `limit_except` of it. */
static const struct nginx_node *
nginx_site_pass(const struct nginx_node *node)
{
	const struct nginx_node *found;

	for (const struct nginx_node *n = node->first; n != NULL;
	    n = n->next) {
		for (size_t i = 0; i < ARRAY_LEN(nginx_site_passes); i++)
			if (nginx_config_is(n, nginx_site_passes[i]))
				return n;
		if ((nginx_config_is(n, "if") ||
		    nginx_config_is(n, "limit_except")) &&
		    (found = nginx_site_pass(n)) != NULL)
			return found;
	}
	return NULL;
}

static void
nginx_site_address(struct nginx_place *place)
{
	const struct nginx_node *node = place->node;

	place->modifier = "";
	place->uri = nginx_config_arg(node, 0);
	if (node->arg_count == 2) {
		place->modifier = place->uri;
		place->uri = nginx_config_arg(node, 1);
		return;
	}
	/* A modifier may be stuck to what it modifies. */
	if (*place->uri == '@')
		place->modifier = "@";
	else if (*place->uri == '=') {
		place->modifier = "=";
		place->uri++;
	} else if (nginx_site_begins(place->uri, "^~")) {
		place->modifier = "^~";
		place->uri += 2;
	} else if (*place->uri == '~') {
		place->modifier = place->uri[1] == '*' ? "~*" : "~";
		place->uri += strlen(place->modifier);
	}
}

/* Whether the effective fastcgi_param lines ask for a check. */
static bool
nginx_site_asks(const struct nginx_node *node)
{
	const struct nginx_node *level =
	    nginx_config_level(node, "fastcgi_param"), *n = NULL;

	while (level != NULL &&
	    (n = nginx_config_child(level, "fastcgi_param", n)) != NULL)
		if (strcmp(nginx_config_arg(n, 0), "HASP_ACTION") == 0 &&
		    strcmp(nginx_config_arg(n, 1), "check") == 0)
			return true;
	return false;
}

static void
nginx_site_fill(struct nginx_place *place, const struct nginx_node *node,
    const struct nginx_server *server)
{
	*place = (struct nginx_place){
		.node = node, .server = server, .modifier = "", .uri = "",
		.whole = node == server->node,
		.auth = nginx_config_effective(node, "auth_request"),
		.pass = node == server->node ? NULL : nginx_site_pass(node),
	};
	if (!place->whole)
		nginx_site_address(place);
	if (place->auth != NULL &&
	    strcmp(nginx_config_arg(place->auth, 0), "off") == 0)
		place->auth = NULL;
	place->ours = nginx_site_begins(place->uri, "/_hasp/") ||
	    nginx_site_begins(place->uri, "/hasp/v1/") ||
	    nginx_site_begins(place->uri, "/hasp/metrics/") ||
	    nginx_site_begins(place->uri, "/hasp/assets/") ||
	    strcmp(place->uri, "/hasp/errors") == 0 ||
	    strcmp(place->uri, "/hasp/") == 0 ||
	    strcmp(place->uri, "/hasp") == 0 ||
	    nginx_site_begins(place->uri, "@hasp_");
	place->check = place->pass != NULL &&
	    nginx_config_is(place->pass, "fastcgi_pass") &&
	    (nginx_site_begins(place->uri, nginx_site_check_uri) ||
	    nginx_site_asks(node));
	place->ours = place->ours || place->check;
}

static size_t
nginx_site_count_locations(const struct nginx_node *node)
{
	const struct nginx_node *n = NULL;
	size_t count = 0;

	while ((n = nginx_config_child(node, "location", n)) != NULL)
		count += 1 + nginx_site_count_locations(n);
	return count;
}

static void
nginx_site_add_locations(struct nginx_server *server,
    const struct nginx_node *node)
{
	const struct nginx_node *n = NULL;

	while ((n = nginx_config_child(node, "location", n)) != NULL) {
		nginx_site_fill(&server->places[server->count++], n, server);
		nginx_site_add_locations(server, n);
	}
}

/* Whether URI, of an auth_request, leads to a check of SERVER. */
static bool
nginx_site_leads(const struct nginx_server *server, const char *uri)
{
	if (nginx_site_begins(uri, "/_hasp/"))
		return true;
	for (size_t i = 0; i < server->count; i++)
		if (server->places[i].check &&
		    strcmp(server->places[i].uri, uri) == 0)
			return true;
	return false;
}

/* Whether PLACE is one of hasp-manage.conf. */
static bool
nginx_site_manages(const struct nginx_place *place)
{
	static const char *const upstreams[] = {
		"hasp_accounts", "hasp_apps", "hasp_audit", "hasp_keys",
	};
	struct str target;

	if (place->pass == NULL || !place->ours)
		return false;
	target = nginx_site_target(place->pass);
	for (size_t i = 0; i < ARRAY_LEN(upstreams); i++)
		if (str_eq(target, str_of(upstreams[i])))
			return true;
	return false;
}

static enum err
nginx_site_add_server(struct nginx_server *server, struct arena *arena,
    const struct nginx_node *node)
{
	size_t room = 1 + nginx_site_count_locations(node);

	*server = (struct nginx_server){ .node = node };
	server->places = arena_alloc(arena, room * sizeof(*server->places));
	if (server->places == NULL)
		return ERR_MEMORY;
	nginx_site_fill(&server->places[server->count++], node, server);
	nginx_site_add_locations(server, node);
	for (size_t i = 0; i < server->count; i++) {
		struct nginx_place *place = &server->places[i];

		server->has_check = server->has_check || place->check;
		server->has_manage = server->has_manage ||
		    nginx_site_manages(place);
		place->protected = !place->ours && place->auth != NULL &&
		    nginx_site_leads(server, nginx_config_arg(place->auth, 0));
		server->has_protected = server->has_protected ||
		    place->protected;
	}
	return ERR_OK;
}

/* Whether N is the block of a virtual HTTP server. */
static bool
nginx_site_is_server(const struct nginx_node *n)
{
	return nginx_config_is(n, "server") && n->arg_count == 0 &&
	    (nginx_config_is(n->parent, "http") || n->parent->parent == NULL);
}

struct nginx_site_walk {
	struct nginx_site *site;
	struct arena *arena;
	enum err err;
};

static void
nginx_site_count_server(const struct nginx_node *node, void *arg)
{
	size_t *count = arg;

	*count += nginx_site_is_server(node);
}

static void
nginx_site_visit(const struct nginx_node *node, void *arg)
{
	struct nginx_site_walk *walk = arg;
	struct nginx_site *site = walk->site;

	if (walk->err == ERR_OK && nginx_site_is_server(node))
		walk->err = nginx_site_add_server(
		    &site->servers[site->count++], walk->arena, node);
}

enum err
nginx_site_open(struct nginx_site *site, struct arena *arena,
    const struct nginx_node *root)
{
	struct nginx_site_walk walk = { site, arena, ERR_OK };
	size_t count = 0;

	*site = (struct nginx_site){ .root = root };
	nginx_config_walk(root, nginx_site_count_server, &count);
	site->servers = arena_alloc(arena, count * sizeof(*site->servers));
	if (site->servers == NULL)
		return ERR_MEMORY;
	nginx_config_walk(root, nginx_site_visit, &walk);
	return walk.err;
}

bool
nginx_site_concerns(const struct nginx_server *server)
{
	return server->has_check || server->has_protected;
}

bool
nginx_site_is_reachable(const struct nginx_place *place)
{
	if (*place->modifier == '@' || place->ours)
		return false;
	return nginx_config_effective(place->node, "internal") == NULL;
}

bool
nginx_site_is_idle(const struct nginx_place *place)
{
	const struct nginx_server *server = place->server;

	for (size_t i = 1; place->whole && i < server->count; i++)
		if (*server->places[i].modifier == '\0' &&
		    strcmp(server->places[i].uri, "/") == 0)
			return true;
	return false;
}

bool
nginx_site_is_early(const struct nginx_server *server,
    const struct nginx_node *node)
{
	const struct nginx_node *n = NULL;

	while (node->parent != server->node)
		node = node->parent;
	while ((n = nginx_config_child(server->node, "set", n)) != NULL)
		if (strcmp(nginx_config_arg(n, 0), "$hasp_server_snippet") == 0)
			break;
	for (; n != NULL; n = n->next)
		if (n == node)
			return false;
	return true;
}

bool
nginx_site_covers(const struct nginx_site *site,
    const struct nginx_node *node)
{
	while (node != NULL && node->parent != NULL &&
	    !nginx_site_is_server(node)) {
		/* Servers of stream and mail are none of ours. */
		if (nginx_config_is(node, "stream") ||
		    nginx_config_is(node, "mail"))
			return false;
		node = node->parent;
	}
	if (node == NULL || node->parent == NULL)
		return true;
	for (size_t i = 0; i < site->count; i++)
		if (site->servers[i].node == node)
			return nginx_site_concerns(&site->servers[i]);
	return false;
}

struct str
nginx_site_target(const struct nginx_node *pass)
{
	struct str target = str_of(nginx_config_arg(pass, 0)), scheme, rest;
	size_t colon = str_find(target, ':');

	scheme = str_part(target, colon, 3);
	if (str_eq(scheme, STR("://")))
		target = str_part(target, colon + 3, target.len);
	if (str_starts(target, STR("unix:")))
		return target;
	(void)str_cut(target, '/', &target, &rest);
	return target;
}

bool
nginx_site_shares_target(const struct nginx_site *site,
    const struct nginx_place *place)
{
	struct str target;

	if (place->pass == NULL)
		return false;
	target = nginx_site_target(place->pass);
	NGINX_SITE_EACH(site, server, other)
		if (other->protected && other->pass != NULL &&
		    str_eq(nginx_site_target(other->pass), target))
			return true;
	return false;
}
