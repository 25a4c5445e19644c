/* SPDX-License-Identifier: ISC */
/*
 * worker [layer 7]: a thread that waits for events of all connections, looks
 * whether a whole request has arrived and answers it, or hands it over to the
 * lane if there is one and the request has to wait. A peer that sends slowly,
 * wrongly or nothing never holds one up.
 */
#ifndef HASP_WORKER_H
#define HASP_WORKER_H

#include "server.h"

struct worker;

/*
 * Starts a worker of SERVER with a database handle of its own, if the program
 * uses one and has no lane. NULL if there is no memory or thread for it.
 */
struct worker *worker_start(struct server *server) MUST_CHECK;

/*
 * Waits until DEADLINE (clock_mono_ms) for the worker to end (server->stop is
 * readable) and frees it. False if it did not: it still uses SERVER.
 */
bool worker_join(struct worker *worker, int64_t deadline) MUST_CHECK;

#endif
