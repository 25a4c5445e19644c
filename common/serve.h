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
	 * Whether it is a verifier (fence.h) that remembers the records of
	 * keys. What has to wait for the database is then answered by threads
	 * of its own (lane.h) and holds nobody else up; the workers have no
	 * database.
	 */
	bool verifies;
	/*
	 * What config_read cannot know, for the start, --check-config and
	 * SIGHUP: ERR_CONFIG and the fault in MESSAGE. NULL: nothing.
	 */
	enum err (*check)(const struct config *config,
	    char message[CONFIG_MESSAGE_SIZE]);
	bool journals;		/* notes the uses of keys (journal.h) */
	size_t memory;		/* of one request, bytes; 0: 256 KiB */
	/*
	 * What it tells (enum metrics_who) beside what all programs and those
	 * with a database do.
	 */
	unsigned int metrics;
	bool uncounted;		/* its requests are not among the metrics */
};

/*
 * Runs APP until SIGTERM or SIGINT and returns the exit status for main: 0
 * after a drain, 64 usage, 71 the operating system, 77 permission, 78
 * configuration (sysexits.h). A database that is down does not stop it.
 */
int serve_main(const struct serve_app *app, int argc, char **argv);

#endif
