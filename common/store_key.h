/* SPDX-License-Identifier: ISC */
/*
 * store_key [layer 5]: keys and their secrets as they stand. A secret comes in
 * as a digest only; its text never reaches the database.
 */
#ifndef HASP_STORE_KEY_H
#define HASP_STORE_KEY_H

#include "arena.h"
#include "db.h"
#include "decision.h"
#include "digest.h"
#include "err.h"

/* Digests that one look-up takes at most. */
#define STORE_KEY_BATCH 64

/* What is stored behind one digest. */
struct store_key_found {
	/*
	 * ERR_OK: RECORD is filled. ERR_KEY_UNKNOWN: there is no such secret.
	 * ERR_INTERNAL: a row that is not understood whole (its ranges, its
	 * role): refuse. A revoked one is found like any other.
	 */
	enum err err;
	struct decision_record record;
};

/*
 * Looks COUNT digests (1 to STORE_KEY_BATCH) up in one round trip of one
 * prepared statement and fills as many of OUT, in their order. If the
 * database cannot be asked each gets the reason: ERR_DATABASE_DOWN or another
 * of db_run.
 */
void store_key_look_up(struct db *db, const struct digest *digests,
    size_t count, struct store_key_found *out);

/* A round trip to the database: ERR_OK or ERR_DATABASE_DOWN. */
enum err store_key_ping(struct db *db) MUST_CHECK;

/* What is known of one secret of a key; times of clock_wall_us, 0: none. */
struct store_key_secret {
	int32_t version;
	const char *last;		/* its last four characters */
	int64_t created, not_before, expires, revoked;
	int64_t overlap;	/* seconds that wait for its first use, or -1 */
	int64_t first_used, last_used;	/* of those that have arrived */
	const char *last_used_from;	/* an address; "" if not known */
	int64_t last_wrote;	/* with a method that is not a reading one */
};

struct store_key {
	int64_t account;
	const char *id;
	const char *name;
	const char *kind;
	const char *role;
	const char *environment;
	const char *app;		/* of a token: its GUID; else "" */
	const char *ranges;		/* separated by spaces, "" for all */
	int32_t rate, burst;		/* 0: as the plan says */
	int32_t daily_quota;		/* the same */
	int64_t created;
	const char *created_by;
	int64_t not_before, expires, disabled, revoked;
	const char *revoked_by;		/* "" unless revoked */
	const char *revoked_why;	/* "" unless revoked */
	int64_t revision;
	int64_t known;	/* all uses before it have arrived; 0: who knows */
	const struct store_key_secret *secrets;	/* newest first */
	size_t secret_count;
};

/*
 * The key ID of ACCOUNT with all its secrets, texts in ARENA. ERR_NOT_FOUND,
 * also for a key of another account.
 */
enum err store_key_find(struct db *db, struct arena *arena, int64_t account,
    struct str id, struct store_key *out) MUST_CHECK;

/*
 * At most LIMIT keys of ACCOUNT that are no tokens of apps (those are listed by
 * connection), in order of making, that come after the key
 * AFTER ("" from the first), each with its secrets that still work, at most
 * ten of them.
 */
enum err store_key_list(struct db *db, struct arena *arena, int64_t account,
    struct str after, int limit, struct store_key **out, size_t *count)
    MUST_CHECK;

/* Uses that arrive later than this (microseconds) are missed. */
#define STORE_KEY_KNOWN_LATE INT64_C(120000000)

/*
 * Whether nobody uses SECRET of KEY any more: not since IDLE (clock_wall_us),
 * and the uses up to nearly NOW have arrived. Else ERR_SECRET_LAST for the
 * newest, ERR_SECRET_IN_USE, or ERR_SECRET_USE_UNKNOWN.
 */
enum err store_key_dispensable(const struct store_key *key,
    const struct store_key_secret *secret, int64_t now, int64_t idle)
    MUST_CHECK;

/* For operators, who see all accounts: whose key ID is. ERR_NOT_FOUND. */
enum err store_key_account(struct db *db, struct str id, int64_t *account)
    MUST_CHECK;

#endif
