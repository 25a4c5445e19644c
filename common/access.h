/* SPDX-License-Identifier: ISC */
/*
 * access [layer 6]: from a request to a verdict in three steps: read the
 * credential, look its digest up, decide. Requests that arrive together are
 * looked up together. Used for auth-check's verdicts and by every endpoint
 * that authenticates by itself.
 */
#ifndef HASP_ACCESS_H
#define HASP_ACCESS_H

#include "bucket.h"
#include "config.h"
#include "db.h"
#include "decision.h"
#include "digest.h"
#include "err.h"
#include "recall.h"
#include "request.h"
#include "store_key.h"
#include "tally.h"

/* Who asks, once the key was found; also filled for refusals after that. */
struct access_caller {
	bool found;		/* the whole key exists: RECORD is filled */
	struct decision_record record;
	bool deprecated;	/* LEGACY says how; views into the request */
	struct decision_legacy legacy;
	bool limited;		/* RATE was charged and left LIMIT */
	struct decision_rate rate;
	struct bucket_state limit;
	bool metered;		/* of QUOTA requests a day this is LEFT */
	int32_t quota;
	struct tally_state day;
};

/* One request on its way to a verdict. */
struct access {
	enum err err;		/* ERR_OK: not refused so far */
	bool strict;		/* refuses ambiguous targets */
	struct str path;	/* raw, of the target */
	struct decision_demand demand;
	struct digest digest;	/* of the key, while err is ERR_OK */
	struct recall_basis basis;	/* what the record rests on */
	struct access_caller caller;
};

/* Requests that access_look_up takes at most. */
#define ACCESS_BATCH STORE_KEY_BATCH

/*
 * Reads REQUEST as far as it goes without the database: the credential by
 * shape, and what the place demands. The demand comes from the web server's
 * parameters: HASP_REQUIRE and HASP_DEMAND (the stricter role counts),
 * HASP_REGION, HASP_ENVIRONMENT (only a check has to name one; other requests
 * ask about the key itself), HASP_READ_METHODS and HASP_WRITE_METHODS (see
 * role_for_method), HASP_STRICT_TARGET (`on` refuses target_ambiguous paths),
 * and those of access_legacy. OUT has views into REQUEST.
 */
void access_open(struct access *out, const struct request *request,
    const struct config *config, int64_t now);

/*
 * What the site says of keys of kind api_key, in HASP_LEGACY_DEPRECATED and
 * HASP_LEGACY_SUNSET (RFC 3339, a date alone is its beginning in UTC),
 * HASP_LEGACY_LINK and HASP_LEGACY_POLICY (warn, refuse); all empty: nothing.
 * ERR_SITE_MISCONFIGURED for anything else.
 */
enum err access_legacy(const struct request *request,
    struct decision_legacy *out) MUST_CHECK;

/*
 * Whether ACCESS can be decided and followed up without the database: it is
 * refused already, or its record is remembered. Else it is to be looked up.
 */
bool access_recall(struct access *access);

/* As before the look-up, refused with ERR unless that is ERR_OK. */
void access_forget(struct access *access, enum err err);

/*
 * Whether what ACCESS was decided on still holds, for a request that came at
 * ARRIVED (clock_boot_us). Last of all before an answer that lets in is
 * written; if not it is looked up and decided anew.
 */
bool access_holds(const struct access *access, int64_t arrived);

/*
 * Looks the keys of COUNT requests (at most ACCESS_BATCH) up, all in one round
 * trip; those that are refused already are left alone.
 */
void access_look_up(struct access *const *all, size_t count, struct db *db);

/*
 * The verdict: ERR_OK lets in. Anything else refuses, and access->caller may
 * be used only to name the caller in a log and for access_api_host.
 */
enum err access_decide(const struct access *access) MUST_CHECK;

/*
 * access_decide, and what follows from letting a request in: the overlap that
 * waits for the secret's first use begins in DB, the rate limit is charged
 * and then the daily quota for REQUEST (once for one client's request), the
 * use is noted. ERR_OK lets in; ERR_RATE_LIMITED; ERR_QUOTA_EXCEEDED; another
 * error if the overlap could not begin. Fills what access->caller says of
 * deprecation, limit and quota, for refusals, too.
 */
enum err access_admit(struct access *access, struct db *db,
    const struct request *request) MUST_CHECK;

/* Seconds for Retry-After of a refusal with ERR; 0: no particular time. */
int64_t access_retry(const struct access_caller *caller, enum err err);

/*
 * The host that a refusal with ERR sends CALLER to: that of the account's
 * region for ERR_WRONG_REGION, told only to who holds the whole key; else "".
 * CALLER may be NULL.
 */
struct str access_api_host(const struct access_caller *caller, enum err err);

#endif
