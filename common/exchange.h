/* SPDX-License-Identifier: ISC */
/*
 * exchange [layer 7]: one request and its answer through libfcgi. Whatever
 * happens, the answer has a Status line.
 */
#ifndef HASP_EXCHANGE_H
#define HASP_EXCHANGE_H

#include <fcgiapp.h>

#include "db.h"
#include "serve.h"
#include "settings.h"

/* What one worker keeps for all its requests. */
struct exchange {
	const struct serve_app *app;
	FCGX_Request fcgi;
	struct arena *arena;
	struct db *db;			/* NULL if the program uses none */
};

enum exchange_end {
	EXCHANGE_DONE,		/* answered; the connection can go on */
	EXCHANGE_BROKEN,	/* not answered; the caller closes it */
	EXCHANGE_CLOSED,	/* libfcgi has closed the connection */
};

/* ERR_MEMORY or ERR_INTERNAL. FCGX_Init was called. */
enum err exchange_open(struct exchange *exchange, const struct serve_app *app)
    MUST_CHECK;

/* NULL-safe in its parts. Ends the arena; the database is the worker's. */
void exchange_close(struct exchange *exchange);

/*
 * Answers the request that waits on the connection FD: one that frame_check
 * found whole.
 */
enum exchange_end exchange_run(struct exchange *exchange,
    const struct settings *settings, int fd) MUST_CHECK;

#endif
