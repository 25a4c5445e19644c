/* SPDX-License-Identifier: ISC */
/*
 * access [layer 6]: from a request to a verdict: parse the credential, look
 * its digest up, decide. Used by auth-check and by every endpoint that
 * authenticates by itself.
 */
#ifndef HASP_ACCESS_H
#define HASP_ACCESS_H

#include "config.h"
#include "db.h"
#include "decision.h"
#include "err.h"
#include "request.h"

/* Who asks, once the key was found; also filled for refusals after that. */
struct access_caller {
	bool found;		/* the whole key exists: RECORD is filled */
	struct decision_record record;
};

/*
 * ERR_OK lets in. Anything else refuses, and CALLER may be used only to name
 * the caller in a log (and the api_host of ERR_WRONG_REGION). The demand comes
 * from the web server's parameters: HASP_REQUIRE and HASP_DEMAND (the stricter
 * role counts), HASP_REGION, HASP_ENVIRONMENT (only a check has to name one;
 * other requests ask about the key itself), HASP_READ_METHODS and
 * HASP_WRITE_METHODS (see role_for_method), HASP_STRICT_TARGET (`on` refuses
 * target_ambiguous paths).
 */
enum err access_check(const struct request *request,
    const struct config *config, struct db *db, int64_t now,
    struct access_caller *caller) MUST_CHECK;

#endif
