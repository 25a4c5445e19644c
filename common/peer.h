/* SPDX-License-Identifier: ISC */
/*
 * peer [layer 7]: the connections from web servers. All wait in one epoll set
 * that every worker reads; a connection that wants attention belongs to one
 * worker at a time.
 *
 * The set is edge-triggered: unread bytes of half a request would wake a
 * level-triggered or re-armed one without end. An edge that comes while a
 * worker has the connection is remembered for it (peer_release).
 */
#ifndef HASP_PEER_H
#define HASP_PEER_H

#include <pthread.h>

#include "err.h"

struct peer {
	/*
	 * Owner's mark, remembered edges and, in the upper half, a generation
	 * that tells a connection from the one before it in this place: an
	 * event that was on its way then finds nobody.
	 */
	_Atomic uint64_t word;
	/*
	 * When the request has to be whole, of clock_mono_ms; 0: none has
	 * begun on this kept connection.
	 */
	_Atomic int64_t deadline;
	_Atomic int64_t since;	/* accepted, or last answered */

	/* These are the owner's. */
	int fd;
	size_t need;		/* fewest bytes worth a look (frame.length) */
	unsigned int served;	/* requests */
	bool keep;		/* whether the last of them wants it kept */
};

struct peer_table {
	struct peer *peers;
	size_t size;		/* places */
	size_t limit;		/* connections beyond which one is evicted */
	int epoll;		/* not owned */
	int timer;		/* in the epoll set under the key PEER_TIMER */
	_Atomic int64_t wake;	/* when it goes off; 0: not set */
	_Atomic size_t used;
	pthread_mutex_t lock;	/* for the three below and the timer */
	uint32_t *free;		/* places without a connection */
	size_t free_count;
};

/*
 * What stands in an event's data: a connection, or below PEER_KEYS one of the
 * server's own descriptors.
 */
#define PEER_TIMER ((uint64_t)0)
#define PEER_OTHERS ((uint64_t)1)
#define PEER_KEYS ((uint64_t)1 << 32)

/*
 * Room for LIMIT connections and SPARE (as many as the workers may own, which
 * cannot be evicted), waiting in the set EPOLL. ERR_MEMORY, ERR_SYSTEM.
 */
enum err peer_table_open(struct peer_table *table, int epoll, size_t limit,
    size_t spare) MUST_CHECK;

/* Closes all of them; no worker is left. */
void peer_table_close(struct peer_table *table);

/* Whether one has to go before the next may come. */
bool peer_is_full(const struct peer_table *table);

/*
 * Closes the connection that was idle longest, or the oldest of those that
 * have had time enough to send a request and have not. False: all are young
 * or busy.
 */
bool peer_evict(struct peer_table *table, int64_t now) MUST_CHECK;

/*
 * Takes in the connection FD, whose first request has to be whole at DEADLINE.
 * ERR_OVERLOADED or ERR_SYSTEM: the caller still has FD.
 */
enum err peer_add(struct peer_table *table, int fd, int64_t now,
    int64_t deadline) MUST_CHECK;

/*
 * The connection of an event's KEY, for the caller alone; NULL if another has
 * it (it will look again) or it is gone. HANGUP: the peer will send no more.
 */
struct peer *peer_claim(struct peer_table *table, uint64_t key, bool hangup);

/* The connection in PLACE, or NULL if there is none or another has it. */
struct peer *peer_take(struct peer_table *table, size_t place);

/*
 * Gives it back. False: something came meanwhile; it still is the caller's,
 * who looks again.
 */
bool peer_release(struct peer *peer) MUST_CHECK;

/*
 * Notes that it was answered, or was not if the answer was not SENT, and
 * closes it unless it is kept: true if it still is the caller's.
 */
bool peer_answered(struct peer_table *table, struct peer *peer, bool sent)
    MUST_CHECK;

/* Closes it and empties its place; its owner's last call. */
void peer_close(struct peer_table *table, struct peer *peer);

/* Whether the peer will send no more. */
bool peer_hung_up(const struct peer *peer);

/* Sets the deadline; the timer goes off then at the latest. */
void peer_set_deadline(struct peer_table *table, struct peer *peer,
    int64_t deadline);

/* Makes the timer go off at WHEN (0: at once) or before. */
void peer_wake_by(struct peer_table *table, int64_t when);

/* For whom the timer woke: the next wake is unset. Before looking around. */
void peer_woken(struct peer_table *table);

/* Sets the timer to the earliest deadline. After looking around. */
void peer_wake_next(struct peer_table *table);

#endif
