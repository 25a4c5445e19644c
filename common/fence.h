/* SPDX-License-Identifier: ISC */
/*
 * fence [layer 6]: makes this process a verifier: a thread with a connection
 * of its own that follows what is changed, holds the lease and keeps the page
 * that workers look at. What it does when is verifier.h; docs/revocation.md
 * tells why.
 */
#ifndef HASP_FENCE_H
#define HASP_FENCE_H

#include "db.h"
#include "err.h"
#include "page.h"

struct fence_options {
	const char *program;	/* must outlive it */
	int lease;		/* T, ms */
	int answer;		/* D, ms */
	const char *file;	/* of claim.h; "" for none; is copied */
};

/*
 * The database that is followed from the next moment on. Before fence_start,
 * and when it changes. The breaker is not shared.
 */
void fence_set(const struct db_options *options);

/* Starts the thread, once. ERR_SYSTEM, ERR_MEMORY, ERR_INTERNAL. */
enum err fence_start(const struct fence_options *options) MUST_CHECK;

/*
 * Waits until there is a lease, the database could not be reached, or DEADLINE
 * (clock_mono_ms) has come.
 */
void fence_wait(int64_t deadline);

/*
 * Takes the verifier's row away if no request is in flight, and ends the
 * thread, by DEADLINE (clock_mono_ms). False if it still waits for the
 * database then. True if it never started.
 */
bool fence_stop(int64_t deadline) MUST_CHECK;

/* Whether checks may be answered. After fence_start. */
bool fence_is_leased(void);

/* The page, or NULL in a program that is no verifier. */
struct page *fence_page(void);

#endif
