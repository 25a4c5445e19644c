/* SPDX-License-Identifier: ISC */
#include "means.h"

#include <stdatomic.h>
#include <string.h>

/* Opens the database anew unless it is the same as before. */
static enum err
means_database(struct means *m)
{
	const struct config *config = m->settings->config;
	const char *conninfo = config_conninfo(config);
	struct db_options options = {
		.conninfo = m->conninfo,
		.program = m->server->app->name,
		.connect_timeout = config->database_connect_timeout,
		.query_timeout = config->database_query_timeout,
		.breaker = true,
	};

	if (!m->wanted)
		return ERR_OK;
	if (m->db != NULL && strcmp(conninfo, m->conninfo) == 0 &&
	    options.connect_timeout == m->connect_timeout &&
	    options.query_timeout == m->query_timeout)
		return ERR_OK;
	db_close(m->db);
	memcpy(m->conninfo, conninfo, strlen(conninfo) + 1);
	m->connect_timeout = options.connect_timeout;
	m->query_timeout = options.query_timeout;
	m->db = db_open(&options);
	return m->db != NULL ? ERR_OK : ERR_MEMORY;
}

enum err
means_open(struct means *m, struct server *server, bool database)
{
	*m = (struct means){
		.server = server,
		.version = atomic_load(&server->settings.version),
		.wanted = database,
	};
	m->settings = settings_hold(&server->settings);
	return means_database(m);
}

void
means_refresh(struct means *m)
{
	struct settings *old = m->settings;
	unsigned int version = atomic_load(&m->server->settings.version);

	if (version == m->version)
		return;
	m->version = version;
	m->settings = settings_hold(&m->server->settings);
	settings_drop(&m->server->settings, old);
	/* Without a handle the next request tries again. */
	if (means_database(m) != ERR_OK)
		m->version = 0;
}

void
means_close(struct means *m)
{
	db_close(m->db);
	m->db = NULL;
	if (m->settings != NULL)
		settings_drop(&m->server->settings, m->settings);
	m->settings = NULL;
}
