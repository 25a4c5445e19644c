/* SPDX-License-Identifier: ISC */
/*
 * probe_http [layer 8]: one HTTP request by curl. Everything it sends goes to
 * curl's standard input as a configuration, so no key stands in a command
 * line.
 */
#ifndef HASPCTL_PROBE_HTTP_H
#define HASPCTL_PROBE_HTTP_H

#include "arena.h"
#include "err.h"
#include "str.h"

struct probe_http_request {
	const char *url;
	const char *method;		/* "GET", "HEAD", "POST", ... */
	const char *const *headers;	/* "Name: value", ended by NULL */
};

struct probe_http_answer {
	int status;		/* 0: there was none, see ERROR */
	struct str headers;	/* lines */
	struct str body;
	const char *error;	/* what curl says, "" if it got an answer */
};

/*
 * Whether URL is http:// or https:// without user name, fragment and bytes
 * that need quoting, at most 2 000 bytes.
 */
bool probe_http_url(const char *url);

/* Whether URL sends in clear to another machine. */
bool probe_http_is_open(const char *url);

/*
 * Sends REQUEST, with a short body if it is a POST, and reads the answer into
 * ARENA. ERR_NOT_FOUND if there is no curl, ERR_SYSTEM (errno), ERR_MEMORY.
 */
enum err probe_http_send(struct arena *arena,
    const struct probe_http_request *request,
    struct probe_http_answer *answer) MUST_CHECK;

/*
 * Whether ANSWER has a header NAME (either case) whose value begins with
 * PREFIX (either case).
 */
bool probe_http_has(const struct probe_http_answer *answer, struct str name,
    struct str prefix);

#endif
