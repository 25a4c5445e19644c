/* SPDX-License-Identifier: ISC */
/*
 * store_account_manage [layer 5]: accounts as an operator sees and changes
 * them. Each change is a transaction of its own and is logged.
 */
#ifndef HASP_STORE_ACCOUNT_MANAGE_H
#define HASP_STORE_ACCOUNT_MANAGE_H

#include "arena.h"
#include "store_change.h"

/* What there is to know of an account besides struct store_account. */
struct store_account_manage {
	int64_t members;
	bool machine_keys;	/* admin keys may manage keys */
	/* Of the plan: */
	bool plan_active;
	bool self_service;
	int64_t max_keys;	/* -1: no limit */
	int64_t rate, burst;	/* -1: none */
	int64_t daily_quota;	/* -1: none */
	/* Of keys of the kind api_key, microseconds, 0 for none: */
	int64_t legacy_deprecated, legacy_sunset;
	const char *legacy_link;	/* "": none */
	const char *legacy_policy;	/* "warn" or "refuse" */
};

/* Texts in ARENA. ERR_NOT_FOUND if there is no account of that id. */
enum err store_account_manage_find(struct db *db, struct arena *arena,
    int64_t id, struct store_account_manage *out) MUST_CHECK;

/*
 * The changes. ERR_NOT_FOUND if there is no account of that id. ALREADY is set
 * if it stands so already; then nothing changes, and nothing is logged.
 */

/* ERR_CONFLICT or ERR_INVALID: there is no such plan. */
enum err store_account_manage_plan(struct store_change *change, int64_t id,
    struct str plan, bool *already) MUST_CHECK;

/*
 * Suspends the account (every key is refused, nobody signs in), or takes that
 * back. WHY goes to the log, perhaps empty. ERR_CONFLICT: it is closed, which
 * is for good.
 */
enum err store_account_manage_suspend(struct store_change *change, int64_t id,
    bool suspended, struct str why, bool *already) MUST_CHECK;

/* Whether admin keys may manage the account's keys. */
enum err store_account_manage_machine_keys(struct store_change *change,
    int64_t id, bool allowed, bool *already) MUST_CHECK;

/* What to say of keys of the kind api_key; NULL leaves a thing as it is. */
struct store_account_manage_legacy {
	const int64_t *deprecated, *sunset;	/* microseconds; 0: none */
	const char *link;			/* "": none */
	const char *policy;			/* "warn" or "refuse" */
};

/*
 * ERR_INVALID: the link is no http or https address of at most 300 bytes, or
 * there would be a sunset without, or before, a deprecation. Logged even if it
 * stood so already.
 */
enum err store_account_manage_set_legacy(struct store_change *change,
    int64_t id, const struct store_account_manage_legacy *legacy) MUST_CHECK;

#endif
