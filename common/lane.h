/* SPDX-License-Identifier: ISC */
/*
 * lane [layer 7]: where requests stand that wait for the database, and the
 * threads that answer them, each with a database handle of its own. They take
 * what waits together, first come, first served, look it up in one statement
 * and answer it. Workers never wait for any of it.
 *
 * A request that waits owns its connection, which therefore is not closed
 * under it; what comes in on it meanwhile is remembered (peer.h).
 */
#ifndef HASP_LANE_H
#define HASP_LANE_H

#include "exchange.h"
#include "server.h"

struct lane;

/* A request that waits, and what goes with it: the lane's once given to it. */
struct lane_wait {
	struct exchange_turn *turn;	/* detached */
	struct peer *peer;		/* owned */
	struct settings *settings;	/* held: those it began with */
};

/*
 * A lane for SERVER with room for WAITS requests, as many as there are turns
 * in its pool; its key in the epoll set is SERVER_LANE. ERR_MEMORY,
 * ERR_SYSTEM; lane_close is fine then, too.
 */
enum err lane_open(struct lane **out, struct server *server, size_t waits)
    MUST_CHECK;

/* Starts so many threads. ERR_MEMORY or ERR_SYSTEM: some may have started. */
enum err lane_start(struct lane *lane, size_t threads) MUST_CHECK;

/* Puts COUNT requests at the end. */
void lane_give(struct lane *lane, const struct lane_wait *waits, size_t count);

/*
 * For the event SERVER_LANE: at most ROOM connections that were answered and
 * on which something came meanwhile, which are the caller's from now on. If
 * there are more, another event tells.
 */
size_t lane_recall(struct lane *lane, struct peer **peers, size_t room)
    MUST_CHECK;

/* Tells the threads to take nothing more and to end. */
void lane_stop(struct lane *lane);

/*
 * Waits until DEADLINE (clock_mono_ms) for them to end. False if one did not:
 * it still uses the server.
 */
bool lane_join(struct lane *lane, int64_t deadline) MUST_CHECK;

/*
 * Frees it after lane_join; what still waits is the pool's and the table's to
 * end. NULL is fine.
 */
void lane_close(struct lane *lane);

#endif
