/* SPDX-License-Identifier: ISC */
/*
 * hatch [layer 7]: the second socket of a program, through which it tells its
 * metrics (metrics.h) and nothing else. It is a server of its own with one
 * worker and no database: a scrape waits for nobody's look-up, neither server
 * answers what the other one is for, and whoever may connect to one of the
 * sockets has won nothing at the other.
 */
#ifndef HASP_HATCH_H
#define HASP_HATCH_H

#include "server.h"

struct hatch {
	struct server server;
	struct serve_app app;
	struct worker *worker;		/* NULL: it is not open */
};

/*
 * Opens it for the program APP where the configuration at PATH (NULL:
 * defaults) says, if it says so. HATCH has the SERVER_INITIALIZER, FCGX_Init
 * was called, signals are blocked, and no thread runs yet. ERR_CONFIG,
 * ERR_PERMISSION, ERR_MEMORY or ERR_SYSTEM were logged.
 */
enum err hatch_open(struct hatch *hatch, const struct serve_app *app,
    const char *path) MUST_CHECK;

/*
 * Reads the configuration at PATH again: who may connect, for how long. What
 * cannot be read changes nothing and is logged.
 */
void hatch_reload(struct hatch *hatch, const char *path);

/* Nobody comes in any more; who is idle is sent away. */
void hatch_shut(struct hatch *hatch);

/*
 * Ends it by END (clock_mono_ms), open or not. False if its worker still is at
 * something and uses HATCH.
 */
bool hatch_close(struct hatch *hatch, int64_t end) MUST_CHECK;

#endif
