/* SPDX-License-Identifier: ISC */
#include "turn.h"

#include <fcgiapp.h>
#include <pthread.h>
#include <string.h>

#include "fence.h"

/* All memory that one request may use, unless the program says so. */
#define TURN_ARENA ((size_t)256 * 1024)

struct exchange_pool {
	const struct serve_app *app;
	size_t size;
	pthread_mutex_t lock;		/* for what follows */
	struct exchange_turn **made;	/* the first COUNT places are filled */
	size_t count;
	struct exchange_turn **idle;
	size_t idle_count;
};

struct exchange_pool *
turn_pool_new(const struct serve_app *app, size_t size)
{
	struct exchange_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		return NULL;
	pool->app = app;
	pool->size = size;
	pool->made = calloc(size, sizeof(*pool->made));
	pool->idle = calloc(size, sizeof(*pool->idle));
	if (pool->made != NULL && pool->idle != NULL &&
	    pthread_mutex_init(&pool->lock, NULL) == 0)
		return pool;
	free(pool->made);
	free(pool->idle);
	free(pool);
	return NULL;
}

struct page *
turn_page(const struct exchange_turn *t)
{
	return t->app->verifies ? fence_page() : NULL;
}

void
turn_end(struct exchange_turn *t)
{
	if (turn_page(t) != NULL)
		page_leave(turn_page(t), t->slot);
	t->fcgi.ipcFd = -1;
	FCGX_Free(&t->fcgi, 0);
	arena_reset(t->arena);
	explicit_bzero(&t->access, sizeof(t->access));
	explicit_bzero(&t->session, sizeof(t->session));
}

static void
turn_free(struct exchange_turn *t)
{
	if (t->arena != NULL)
		turn_end(t);
	arena_free(t->arena);
	free(t);
}

void
turn_pool_free(struct exchange_pool *pool)
{
	if (pool == NULL)
		return;
	for (size_t i = 0; i < pool->count; i++)
		turn_free(pool->made[i]);
	(void)pthread_mutex_destroy(&pool->lock);
	free(pool->made);
	free(pool->idle);
	free(pool);
}

static enum err
turn_open(struct exchange_turn *t)
{
	size_t memory = t->app->memory;

	/* No listening socket: libfcgi can never accept by itself. */
	if (FCGX_InitRequest(&t->fcgi, -1, 0) != 0)
		return ERR_INTERNAL;
	t->arena = arena_new(memory > 0 ? memory : TURN_ARENA);
	return t->arena != NULL ? ERR_OK : ERR_MEMORY;
}

/* One more turn; POOL is locked. */
static enum err
turn_pool_grow(struct exchange_pool *pool, struct exchange_turn **out)
{
	struct exchange_turn *t;
	enum err err;

	/* A turn belongs to a connection or to a worker: there are enough. */
	if (pool->count == pool->size ||
	    (t = calloc(1, sizeof(*t))) == NULL)
		return ERR_MEMORY;
	t->pool = pool;
	t->app = pool->app;
	t->slot = (uint32_t)pool->count;
	if ((err = turn_open(t)) != ERR_OK) {
		turn_free(t);
		return err;
	}
	pool->made[pool->count++] = t;
	*out = t;
	return ERR_OK;
}

enum err
turn_take(struct exchange_pool *pool, struct exchange_turn **out)
{
	enum err err = ERR_OK;

	(void)pthread_mutex_lock(&pool->lock);
	/* The one used last: its memory is the warmest. */
	if (pool->idle_count > 0)
		*out = pool->idle[--pool->idle_count];
	else
		err = turn_pool_grow(pool, out);
	(void)pthread_mutex_unlock(&pool->lock);
	return err;
}

void
turn_give_back(struct exchange_turn *t)
{
	struct exchange_pool *pool = t->pool;

	(void)pthread_mutex_lock(&pool->lock);
	pool->idle[pool->idle_count++] = t;
	(void)pthread_mutex_unlock(&pool->lock);
}
