/* SPDX-License-Identifier: ISC */
/*
 * exchange [layer 7]: requests and their answers through libfcgi. A worker
 * begins one or several, then answers all it has begun: their keys are looked
 * up together. Whatever happens, an answer has a Status line.
 */
#ifndef HASP_EXCHANGE_H
#define HASP_EXCHANGE_H

#include "db.h"
#include "serve.h"
#include "settings.h"

struct exchange_turn;

/* What one worker keeps for all its requests. */
struct exchange {
	const struct serve_app *app;
	struct exchange_turn *turns;	/* as many as it may begin */
	size_t limit;
	size_t count;			/* begun, the first of them */
	struct db *db;			/* NULL if the program uses none */
};

/* ERR_MEMORY or ERR_INTERNAL. FCGX_Init was called. */
enum err exchange_open(struct exchange *exchange, const struct serve_app *app)
    MUST_CHECK;

/* NULL-safe in its parts. Ends the memory; the database is the worker's. */
void exchange_close(struct exchange *exchange);

/* Whether no more can be begun before exchange_answer. */
bool exchange_is_full(const struct exchange *exchange);

/*
 * Reads the request that waits on the connection FD, one that frame_check
 * found whole, and gets as far as it can without the database. SETTINGS must
 * stay until it is answered. False: libfcgi has closed the connection.
 */
bool exchange_begin(struct exchange *exchange, const struct settings *settings,
    int fd) MUST_CHECK;

/*
 * Answers what was begun, in that order, and sets SENT of each: false if the
 * answer did not go out, so that the connection is to be closed.
 */
void exchange_answer(struct exchange *exchange, bool *sent);

#endif
