/* SPDX-License-Identifier: ISC */
/*
 * problem [layer 3]: the body of a refusal (RFC 9457), members type, title,
 * status, code, detail, request_id and, where there is one, api_host, key_id
 * and errors. Also the challenges of a 401 (RFC 9110 section 11.6.1).
 */
#ifndef HASP_PROBLEM_H
#define HASP_PROBLEM_H

#include "arena.h"
#include "config.h"
#include "err.h"
#include "form.h"
#include "response.h"
#include "str.h"

/* Seconds in Retry-After of a 503, and where no others are known. */
#define PROBLEM_RETRY_SECONDS 1

struct problem {
	enum err err;
	struct str request_id;	/* "" for none */
	struct str api_host;	/* "" for none */
	struct str key_id;	/* the key that it is about; "" for none */
	const struct form_faults *faults;	/* errors; NULL for none */
	/*
	 * A script in a browser asks: no Basic challenge, for which browsers
	 * would ask the user for name and password themselves.
	 */
	bool browser;
	int64_t retry_after;	/* seconds; 0: PROBLEM_RETRY_SECONDS */
};

/* The seconds that Retry-After of PROBLEM says. */
static inline int64_t
problem_retry(const struct problem *problem)
{
	return problem->retry_after > 0 ? problem->retry_after :
	    PROBLEM_RETRY_SECONDS;
}

/* The JSON text on one line of plain ASCII, fit for a header. ERR_MEMORY. */
enum err problem_text(const struct problem *problem,
    const struct config *config, struct arena *arena, struct str *out)
    MUST_CHECK;

/*
 * Makes RESPONSE the whole refusal: status, body, Cache-Control, Retry-After
 * and, for a 401, the challenges.
 */
void problem_respond(const struct problem *problem,
    const struct config *config, struct response *response);

#endif
