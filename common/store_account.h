/* SPDX-License-Identifier: ISC */
/*
 * store_account [layer 5]: accounts, and the plans and regions they are of.
 */
#ifndef HASP_STORE_ACCOUNT_H
#define HASP_STORE_ACCOUNT_H

#include "arena.h"
#include "db.h"
#include "err.h"

struct store_account {
	int64_t id;
	const char *name;
	const char *plan;
	const char *region;
	const char *api_host;	/* of the region */
	const char *status;	/* "active", "suspended", "closed" */
	int64_t created;	/* microseconds of clock_wall_us */
	int64_t keys;		/* keys that are not revoked */
};

/*
 * Makes an account and reads it back into OUT (texts in ARENA). PLAN or REGION
 * "" takes the only one there is. ERR_INVALID if the name is not 1 to 100
 * characters of text, ERR_NOT_FOUND if there is no such plan or region (or
 * several and none was named), else those of db_run.
 */
enum err store_account_create(struct db *db, struct arena *arena,
    struct str name, struct str plan, struct str region,
    struct store_account *out) MUST_CHECK;

/* An account as its own people and keys may see it. */
struct store_account_own {
	int64_t id;
	const char *name;
	const char *status;
	const char *plan, *plan_name;
	bool self_service;	/* members may make keys themselves */
	int64_t max_keys;	/* -1: no limit */
	int64_t rate, burst;	/* of each key without its own; 0: none */
	int64_t daily_quota;	/* the same */
	const char *region, *region_name, *api_host;
	int64_t keys;		/* that are not revoked */
	bool machine_keys;	/* admin keys may manage keys */
	/* What it says itself of keys of the kind api_key; 0, "": nothing. */
	int64_t legacy_deprecated, legacy_sunset;
	const char *legacy_link;
	const char *legacy_policy;	/* "warn" or "refuse" */
};

/*
 * The account ID, texts in ARENA, inside a transaction that sees it.
 * ERR_NOT_FOUND.
 */
enum err store_account_describe(struct db *db, struct arena *arena,
    int64_t id, struct store_account_own *out) MUST_CHECK;

/* Says whether admin keys may manage the account's keys. ERR_NOT_FOUND. */
enum err store_account_set_machine_keys(struct db *db, int64_t id,
    bool allowed) MUST_CHECK;

/* ERR_NOT_FOUND if there is none of that id. */
enum err store_account_find(struct db *db, struct arena *arena, int64_t id,
    struct store_account *out) MUST_CHECK;

/*
 * At most LIMIT accounts with ids above AFTER, in order of id: an array in
 * ARENA and its length.
 */
enum err store_account_list(struct db *db, struct arena *arena, int64_t after,
    int limit, struct store_account **out, size_t *count) MUST_CHECK;

#endif
