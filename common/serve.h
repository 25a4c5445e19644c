/* SPDX-License-Identifier: ISC */
/*
 * serve [layer 7]: the FastCGI server that every program is: options,
 * listening, one epoll set, worker threads, signals, drain. A program gives
 * it a route table and one call.
 */
#ifndef HASP_SERVE_H
#define HASP_SERVE_H

#include "route.h"

/* Requests that a worker takes together, at most. */
#define SERVE_BATCH_MAX 16

struct serve_app {
	const char *name;	/* "auth-check": its section and log name */
	const char *summary;	/* one line for --help */
	const struct route *routes;
	size_t route_count;
	int workers;		/* 0: one for two processors */
	size_t body_limit;	/* largest STDIN of a request, bytes */
	bool uses_database;	/* false: ctx->db is NULL */
	/*
	 * Requests that a worker takes together, so that their keys are looked
	 * up together: 0 or 1 for one at a time, right for handlers that take
	 * long; at most SERVE_BATCH_MAX.
	 */
	size_t batch;
	/*
	 * Whether what has to wait for the database is answered by threads of
	 * its own (lane.h), so that it holds nobody else up; the workers then
	 * have no database.
	 */
	bool lanes;
	/*
	 * What config_read cannot know, for the start, --check-config and
	 * SIGHUP: ERR_CONFIG and the fault in MESSAGE. NULL: nothing.
	 */
	enum err (*check)(const struct config *config,
	    char message[CONFIG_MESSAGE_SIZE]);
	size_t memory;		/* of one request, bytes; 0: 256 KiB */
};

/*
 * Runs APP until SIGTERM or SIGINT and returns the exit status for main: 0
 * after a drain, 64 usage, 71 the operating system, 77 permission, 78
 * configuration (sysexits.h). A database that is down does not stop it.
 */
int serve_main(const struct serve_app *app, int argc, char **argv);

#endif
