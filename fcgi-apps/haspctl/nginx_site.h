/* SPDX-License-Identifier: ISC */
/*
 * nginx_site [layer 8]: what matters of a configuration: its servers, their
 * locations, and which of them ask Hasp for a key. Knows the names that the
 * files of nginx/ use.
 */
#ifndef HASPCTL_NGINX_SITE_H
#define HASPCTL_NGINX_SITE_H

#include "arena.h"
#include "nginx_config.h"

/* A location, or (whole) what a server does with what no location takes. */
struct nginx_place {
	const struct nginx_node *node;
	const struct nginx_server *server;
	const char *modifier;		/* "", "=", "^~", "~", "~*", "@" */
	const char *uri;		/* "/admin/", "@app"; "" for whole */
	bool whole;
	bool ours;			/* of hasp-server.conf */
	bool check;			/* the check itself */
	bool protected;			/* asks Hasp's check for a key */
	const struct nginx_node *auth;	/* effective auth_request, or NULL */
	const struct nginx_node *pass;	/* proxy_pass and the like, or NULL */
};

struct nginx_server {
	const struct nginx_node *node;
	struct nginx_place *places;	/* the whole first */
	size_t count;
	bool has_check;
	bool has_protected;
	bool has_manage;		/* keys are managed here */
};

struct nginx_site {
	const struct nginx_node *root;
	struct nginx_server *servers;
	size_t count;
};

/* ERR_MEMORY. ROOT must outlive SITE. */
enum err nginx_site_open(struct nginx_site *site, struct arena *arena,
    const struct nginx_node *root) MUST_CHECK;

/* Whether SERVER has anything to do with Hasp. */
bool nginx_site_concerns(const struct nginx_server *server);

/* Whether the location can be asked for by a client's address. */
bool nginx_site_is_reachable(const struct nginx_place *place);

/* Whether PLACE is a server whose `location /` leaves nothing to it. */
bool nginx_site_is_idle(const struct nginx_place *place);

/*
 * Whether NODE, in the block SERVER, stands before what hasp-server.conf
 * brings, so that it also runs inside the check. True if that is not there.
 */
bool nginx_site_is_early(const struct nginx_server *server,
    const struct nginx_node *node);

/*
 * Whether NODE counts for a server of Hasp: it stands in one, or outside of
 * every server.
 */
bool nginx_site_covers(const struct nginx_site *site,
    const struct nginx_node *node);

/* The host or upstream of a pass directive's value, without the address. */
struct str nginx_site_target(const struct nginx_node *pass);

/* Whether a protected location of any server passes to PLACE's target. */
bool nginx_site_shares_target(const struct nginx_site *site,
    const struct nginx_place *place);

/* Loops over every place of every server. */
#define NGINX_SITE_EACH(site, server, place) \
	for (const struct nginx_server *server = (site)->servers; \
	    server < (site)->servers + (site)->count; server++) \
		for (const struct nginx_place *place = server->places; \
		    place < server->places + server->count; place++)

#endif
