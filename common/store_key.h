/* SPDX-License-Identifier: ISC */
/*
 * store_key [layer 5]: keys and their secrets. A secret comes in as a digest
 * only; its text never reaches the database.
 */
#ifndef HASP_STORE_KEY_H
#define HASP_STORE_KEY_H

#include "arena.h"
#include "cidr.h"
#include "db.h"
#include "decision.h"
#include "digest.h"
#include "err.h"

/* Digests that one look-up takes at most. */
#define STORE_KEY_BATCH 16

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

/* A key to be made. */
struct store_key_new {
	int64_t account;
	struct str id;			/* "key_" and 16 base62 digits */
	struct str name;		/* 1 to 100 characters */
	struct str kind;		/* "access_token" or "api_key" */
	enum role role;
	struct str environment;
	const struct cidr *ranges;	/* NULL if none */
	size_t range_count;		/* 0 to DECISION_RANGES_MAX */
	int64_t not_before;		/* microseconds, 0 for none */
	int64_t expires;
	struct digest digest;		/* of the first secret */
	struct str last;		/* its last four characters */
};

/*
 * Makes the key with its secret, version 1, in one transaction. ERR_NOT_FOUND
 * if the account is not there, ERR_CONFLICT if the account's plan allows no
 * more keys, ERR_INVALID if a value is refused.
 */
enum err store_key_create(struct db *db, const struct store_key_new *key)
    MUST_CHECK;

struct store_key_secret {
	int32_t version;
	const char *last;
	int64_t created, not_before, expires, revoked;
};

struct store_key {
	int64_t account;
	const char *id;
	const char *name;
	const char *kind;
	const char *role;
	const char *environment;
	const char *ranges;		/* separated by spaces, "" for all */
	int64_t created, not_before, expires, disabled, revoked;
	const char *revoked_why;	/* "" unless revoked */
	const struct store_key_secret *secrets;	/* newest first */
	size_t secret_count;
};

/* The key with all its secrets, texts in ARENA. ERR_NOT_FOUND. */
enum err store_key_find(struct db *db, struct arena *arena, struct str id,
    struct store_key *out) MUST_CHECK;

/*
 * At most LIMIT keys of ACCOUNT, in order of making, that come after the key
 * AFTER ("" from the first), each with its secrets.
 */
enum err store_key_list(struct db *db, struct arena *arena, int64_t account,
    struct str after, int limit, struct store_key **out, size_t *count)
    MUST_CHECK;

/*
 * Revokes the key for good. ERR_NOT_FOUND; ERR_OK with ALREADY set if it was
 * revoked before (nothing changes then).
 */
enum err store_key_revoke(struct db *db, struct str id, struct str why,
    bool *already) MUST_CHECK;

/*
 * Adds a secret and ends the ones before it after OVERLAP seconds (0 to
 * 2 592 000), never later than they would have ended; VERSION gets the new
 * one's number. ERR_NOT_FOUND, or ERR_CONFLICT if the key is revoked or has
 * expired.
 */
enum err store_key_rotate(struct db *db, struct str id,
    const struct digest *digest, struct str last, int64_t overlap,
    int32_t *version) MUST_CHECK;

#endif
