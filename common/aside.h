/* SPDX-License-Identifier: ISC */
/*
 * aside [layer 7]: what a server does beside answering, in threads of its own:
 * uses are noted in the journal and written to the database, a verifier follows
 * what is changed.
 */
#ifndef HASP_ASIDE_H
#define HASP_ASIDE_H

#include "server.h"

/* Starts what SERVER's program needs. Any error was logged. */
enum err aside_start(struct server *server) MUST_CHECK;

/* The settings that count now may name another database. */
void aside_reload(const struct server *server);

/* Whether NEXT changes what counts here at the start only. */
bool aside_needs_restart(const struct config *now, const struct config *next);

/*
 * Ends it all by DEADLINE (clock_mono_ms), once no request is in flight. False
 * if something still waits for the database then.
 */
bool aside_stop(int64_t deadline) MUST_CHECK;

#endif
