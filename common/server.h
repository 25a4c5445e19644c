/* SPDX-License-Identifier: ISC */
/*
 * server [layer 7]: what the threads of one server share. serve.c makes it,
 * door.c brings connections in, worker.c and lane.c answer them.
 */
#ifndef HASP_SERVER_H
#define HASP_SERVER_H

#include "listen.h"
#include "peer.h"
#include "serve.h"
#include "settings.h"
#include "throttle.h"

struct exchange_pool;
struct lane;

struct server {
	const struct serve_app *app;
	struct settings_share settings;
	struct listen_set listen;
	struct peer_table peers;
	struct exchange_pool *turns;
	struct lane *lane;	/* NULL: the workers answer everything */
	int epoll;
	int stop;		/* eventfd: readable once workers must end */
	struct throttle complaints;
	/* Accepting had to pause; the timer tries again. */
	_Atomic bool door_paused;
	/* Threads that may be between accept and peer_add. */
	_Atomic int door_busy;
	/* SIGTERM came: no new connections, no idle ones. */
	_Atomic bool draining;
	/* Until then a new connection that is silent is waited for. */
	_Atomic int64_t drain_silent;
};

/* Keys of events, after those of peer.h. */
#define SERVER_STOP PEER_OTHERS
#define SERVER_LANE (PEER_OTHERS + 1)
#define SERVER_LISTEN (PEER_OTHERS + 2)		/* and the socket's index */

#endif
