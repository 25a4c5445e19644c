/* SPDX-License-Identifier: ISC */
/*
 * means [layer 7]: what a thread answers requests with: the settings that
 * count, and a database handle made by them.
 */
#ifndef HASP_MEANS_H
#define HASP_MEANS_H

#include "db.h"
#include "server.h"

/* One thread's; it must not move while it is open. */
struct means {
	struct server *server;
	struct settings *settings;	/* held */
	unsigned int version;		/* of the share, when they were */
	struct db *db;			/* NULL: not wanted, or no memory */
	bool wanted;
	/* What the database handle was opened with. */
	char conninfo[CONFIG_TEXT_MAX + 1];
	int connect_timeout, query_timeout;
};

/*
 * The settings of SERVER as they are now and, if DATABASE, a handle that
 * connects at its first use. ERR_MEMORY; means_close is fine then, too.
 */
enum err means_open(struct means *means, struct server *server, bool database)
    MUST_CHECK;

/*
 * Takes up settings that were read anew, and another database if they name
 * one. Between two requests.
 */
void means_refresh(struct means *means);

/* Closes the handle and lets go of the settings; all zero is fine. */
void means_close(struct means *means);

#endif
