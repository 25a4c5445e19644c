/* SPDX-License-Identifier: ISC */
/*
 * store_plan [layer 5]: plans: what accounts may have.
 */
#ifndef HASP_STORE_PLAN_H
#define HASP_STORE_PLAN_H

#include "arena.h"
#include "store_change.h"

/* Bounds of the database's own. */
#define STORE_PLAN_RATE_MAX 1000000
#define STORE_PLAN_BURST_MAX 10000000

struct store_plan {
	const char *code;
	const char *name;
	bool active;		/* false: its accounts' keys are refused */
	bool self_service;	/* members may make keys themselves */
	int64_t max_keys;	/* of an account; -1: no limit */
	int64_t rate, burst;	/* of each key without its own; -1: none */
	int64_t daily_quota;	/* the same */
	int64_t accounts;	/* that have it */
};

/*
 * Plans in order of code, texts in ARENA: the one of that CODE (perhaps none),
 * or all of them if it is empty.
 */
enum err store_plan_list(struct db *db, struct arena *arena, struct str code,
    struct store_plan **out, size_t *count) MUST_CHECK;

/* What to make of a plan; NULL leaves a thing as it is. */
struct store_plan_values {
	struct str code;
	const char *name;		/* of a new one: its code */
	const bool *active;		/* of a new one: true */
	const bool *self_service;	/* of a new one: true */
	const int64_t *max_keys;	/* of a new one, and -1: no limit */
	const int64_t *rate;		/* 1 to STORE_PLAN_RATE_MAX, and then */
	int64_t burst;			/* as much; -1: no rate, BURST is -1 */
	const int64_t *daily_quota;	/* 1 to DECISION_QUOTA_MAX; -1: none */
};

/*
 * Makes the plan or changes it, in a transaction of its own, and logs it.
 * ERR_INVALID: a value is refused.
 */
enum err store_plan_set(struct store_change *change,
    const struct store_plan_values *values) MUST_CHECK;

#endif
