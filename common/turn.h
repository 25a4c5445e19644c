/* SPDX-License-Identifier: ISC */
/*
 * turn [layer 7]: one request on its way through exchange.c, and the memory
 * for it. All turns of a server are made as they are needed and kept for the
 * next request.
 */
#ifndef HASP_TURN_H
#define HASP_TURN_H

#include "access.h"
#include "arena.h"
#include "page.h"
#include "request.h"
#include "response.h"
#include "route.h"
#include "serve.h"
#include "session.h"

struct exchange_pool;

struct exchange_turn {
	struct exchange_pool *pool;
	const struct serve_app *app;
	uint32_t slot;			/* its own among all of the pool */
	FCGX_Request fcgi;
	struct arena *arena;
	struct request request;
	struct response response;
	struct access access;		/* the key's way, */
	struct session session;		/* or the person's */
	struct ctx ctx;
	struct route_match match;
	enum err err;			/* why there is no route for it */
	int64_t start;			/* of clock_boot_us */
};

/*
 * Room for SIZE turns of APP, each of which has a number of its own below SIZE
 * (slot). NULL if memory is short. Any thread may use it.
 */
struct exchange_pool *turn_pool_new(const struct serve_app *app, size_t size)
    MUST_CHECK;

/* Frees all turns, what is under way unanswered. NULL is fine. */
void turn_pool_free(struct exchange_pool *pool);

/* A turn that nobody has, and back. ERR_MEMORY, ERR_INTERNAL. */
enum err turn_take(struct exchange_pool *pool, struct exchange_turn **out)
    MUST_CHECK;
void turn_give_back(struct exchange_turn *turn);

/* Where the turn's slot is marked while a request is in flight, or NULL. */
struct page *turn_page(const struct exchange_turn *turn);

/* Ends a turn's request, and every trace of it in memory. */
void turn_end(struct exchange_turn *turn);

#endif
