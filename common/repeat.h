/* SPDX-License-Identifier: ISC */
/*
 * repeat [layer 6]: which requests of clients this process was asked about a
 * moment ago. Index files, `try_files` and error pages make a web server ask
 * again, with the same id, for what is one request. Bounded: of many at once
 * the oldest are forgotten, and then asked about as if for the first time.
 */
#ifndef HASP_REPEAT_H
#define HASP_REPEAT_H

#include "str.h"

/* Requests that are remembered, and for how long, in microseconds. */
#define REPEAT_REQUESTS 65536
#define REPEAT_MEMORY 60000000

/* What is remembered of one key's request. */
struct repeat {
	int64_t since;		/* when it was first asked about */
	bool charged;		/* the key's rate limit, which */
	bool let_in;		/* it in */
	bool metered;		/* the key's daily quota, which */
	bool within;		/* let it in */
	bool noted;		/* in the journal */
};

/*
 * What is remembered of the request ID of KEY (a key's id, or "" for none):
 * all false for one that is new. The caller has it for itself, to look at and
 * to change, until repeat_drop. NOW is of clock_mono_us. Two requests are taken
 * for one once in 2^128.
 */
struct repeat *repeat_hold(struct str key, struct str id, int64_t now)
    MUST_CHECK;
void repeat_drop(struct repeat *repeat);

#endif
