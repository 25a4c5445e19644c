/* SPDX-License-Identifier: ISC */
/*
 * exchange [layer 7]: requests and their answers through libfcgi. A worker
 * begins one or several, then answers all it has begun: their keys are looked
 * up together. One that waits for the database can be taken away from it and
 * be answered by another thread. Whatever happens, an answer has a Status
 * line.
 */
#ifndef HASP_EXCHANGE_H
#define HASP_EXCHANGE_H

#include "db.h"
#include "serve.h"
#include "settings.h"

/* One request on its way, and the memory for it. One thread at a time. */
struct exchange_turn;

/* All turns of a server (turn.h). */
struct exchange_pool;

/* What one worker keeps for all its requests. */
struct exchange {
	struct exchange_pool *pool;
	struct exchange_turn *turns[SERVE_BATCH_MAX];	/* NULL: to be taken */
	size_t limit;
	size_t count;			/* begun, the first of them */
	bool leaves;			/* what needs the database to others */
};

/*
 * For at most LIMIT requests at a time (1 to SERVE_BATCH_MAX), with turns of
 * POOL, which outlives it. ERR_MEMORY or ERR_INTERNAL. FCGX_Init was called.
 */
enum err exchange_open(struct exchange *exchange, struct exchange_pool *pool,
    size_t limit, bool leaves) MUST_CHECK;

/* Whether no more can be begun before exchange_answer. */
bool exchange_is_full(const struct exchange *exchange);

/*
 * Reads the request that waits on the connection FD, one that frame_check
 * found whole, and gets as far as it can without the database. SETTINGS must
 * stay until it is answered. What comes on FD before the answer is sent, which
 * no web server does, may be lost: libfcgi takes along what is there when it
 * reads. ERR_MEMORY: nothing was read; ERR_INTERNAL: libfcgi has closed the
 * connection.
 */
enum err exchange_begin(struct exchange *exchange,
    const struct settings *settings, int fd) MUST_CHECK;

enum exchange_end {
	EXCHANGE_SENT,
	EXCHANGE_LOST,		/* the answer did not go out: to be closed */
	EXCHANGE_WAITS,		/* for the database: to be detached */
};

/*
 * Answers what was begun, in that order, and says in ENDS how each ended. One
 * that leaves it to others what needs the database has no DB, and such a
 * request stays as it is: EXCHANGE_WAITS.
 */
void exchange_answer(struct exchange *exchange, struct db *db,
    enum exchange_end *ends);

/*
 * Takes away the one in place I, which waits, before another is begun: it is
 * the caller's until exchange_finish.
 */
struct exchange_turn *exchange_detach(struct exchange *exchange, size_t i);

/*
 * exchange_answer for COUNT turns (at most ACCESS_BATCH) that were detached,
 * in two steps: looks up together what needs it, then answers each, which ends
 * it; false if the answer did not go out. DB stays from one to the other.
 */
void exchange_look_up(struct exchange_turn *const *turns, size_t count,
    struct db *db);
bool exchange_finish(struct exchange_turn *turn) MUST_CHECK;

#endif
