/* SPDX-License-Identifier: ISC */
/*
 * store_attempt [layer 5]: how often guessing who somebody is failed lately.
 * People and apps are counted apart.
 * Nobody is locked out for ever: the longest wait is a minute, and who signed
 * in from a place before is not slowed there by strangers elsewhere.
 */
#ifndef HASP_STORE_ATTEMPT_H
#define HASP_STORE_ATTEMPT_H

#include "db.h"
#include "err.h"

enum store_attempt_kind {
	STORE_ATTEMPT_PERSON,	/* by address of email, in either case */
	STORE_ATTEMPT_CLIENT,	/* by GUID of an app */
};

/* Whose attempt, and where from. */
struct store_attempt {
	enum store_attempt_kind kind;
	struct str who;		/* whoever, known or not */
	struct str place;	/* where from; "" if unknown */
};

/*
 * Counts the attempt as a failure before anybody looks at it, so that each
 * counts however many come at once; FREE failures wait for nothing. WAIT_MS
 * above 0: it does not count and must not be looked at, but may come again
 * after so many milliseconds. Not inside a transaction. Errors: db_run's.
 */
enum err store_attempt_begin(struct db *db,
    const struct store_attempt *attempt, int free, int64_t *wait_ms)
    MUST_CHECK;

/*
 * The attempt, a person's, was right: takes its failure back, and trusts the
 * place for that address of email for 90 days. An app's that is right is never
 * counted.
 */
enum err store_attempt_end(struct db *db, const struct store_attempt *attempt)
    MUST_CHECK;

/*
 * Nobody looked at the attempt, a person's: takes its failure back, and no
 * more.
 */
enum err store_attempt_drop(struct db *db,
    const struct store_attempt *attempt) MUST_CHECK;

#endif
