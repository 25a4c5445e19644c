/* SPDX-License-Identifier: ISC */
/*
 * store_key_change [layer 5]: changes of keys and their secrets, each with its
 * row of the log. All of them belong inside store_change_begin and
 * store_change_end and concern change->account alone; after an error nothing
 * but ending the change is of use.
 */
#ifndef HASP_STORE_KEY_CHANGE_H
#define HASP_STORE_KEY_CHANGE_H

#include "arena.h"
#include "cidr.h"
#include "decision.h"
#include "digest.h"
#include "store_change.h"
#include "store_key.h"

/* Secrets of one key that work at a time, at most. */
#define STORE_KEY_CHANGE_SECRETS 10

/* Longest time that an old secret lives on after a rotation, in seconds. */
#define STORE_KEY_CHANGE_OVERLAP_MAX 2592000

/* What the account has to allow. */
enum store_key_change_kind {
	STORE_KEY_CHANGE_REVOKE,	/* nothing: it takes away */
	STORE_KEY_CHANGE_EDIT,		/* any change of a key that is there */
	STORE_KEY_CHANGE_ROTATE,	/* that gives a new secret */
	STORE_KEY_CHANGE_CONNECT,	/* that lets an app have tokens */
	STORE_KEY_CHANGE_CREATE,
};

/*
 * Locks the account until the change ends and says whether it, its plan and
 * the number of its keys allow a change of KIND by change->actor.
 * ERR_ACCOUNT_SUSPENDED, ERR_ACCOUNT_CLOSED; ERR_MACHINE_KEYS_REFUSED; for
 * ROTATE and above also ERR_PLAN_INACTIVE; for CONNECT and CREATE also
 * ERR_SELF_SERVICE_REFUSED; for CREATE also ERR_KEY_LIMIT_REACHED. Operators
 * are bound by the number of keys alone; ERR_NOT_FOUND if there is no such
 * account. Comes before store_key_change_lock.
 */
enum err store_key_change_allow(struct store_change *change,
    enum store_key_change_kind kind) MUST_CHECK;

/*
 * Locks the key ID until the change ends; OUT is how it stands, texts in
 * ARENA. ERR_NOT_FOUND.
 */
enum err store_key_change_lock(struct store_change *change,
    struct arena *arena, struct str id, struct store_key *out) MUST_CHECK;

/* What can be changed of a key. */
struct store_key_values {
	struct str name;		/* 1 to 100 characters */
	enum role role;
	const struct cidr *ranges;	/* NULL if none */
	size_t range_count;		/* 0 to DECISION_RANGES_MAX */
	int32_t rate, burst;		/* both or neither; 0: as the plan */
	int32_t daily_quota;		/* to DECISION_QUOTA_MAX, the same */
	int64_t not_before;		/* microseconds, 0 for none */
	int64_t expires;
};

/* A secret to be added. */
struct store_key_fresh {
	struct digest digest;		/* of its text */
	struct str last;		/* its last four characters */
};

/* A key to be made. */
struct store_key_new {
	struct str id;			/* "key_" and 16 base62 digits */
	struct str kind;		/* "access_token" or "api_key" */
	struct str environment;
	struct store_key_values values;
	struct store_key_fresh secret;	/* version 1 */
};

/*
 * Makes the key with its secret. The account allows it. ERR_CONFLICT if there
 * is such an id or secret, ERR_INVALID if a value is refused.
 */
enum err store_key_change_create(struct store_change *change,
    const struct store_key_new *key) MUST_CHECK;

/*
 * The others change KEY, which is locked.
 *
 * Gives it new values. ERR_KEY_ENDED if it is revoked; ERR_APP_TOKEN_FIXED for
 * an app's token, which stays what it was granted; ERR_INVALID if a value is
 * refused.
 */
enum err store_key_change_values(struct store_change *change,
    const struct store_key *key, const struct store_key_values *values)
    MUST_CHECK;

/* Switches it off, or on again; both as often as one likes. ERR_KEY_ENDED. */
enum err store_key_change_switch(struct store_change *change,
    const struct store_key *key, bool off) MUST_CHECK;

/*
 * Revokes it for good. ERR_ALREADY_REVOKED; ERR_INVALID if WHY, perhaps empty,
 * has more than 200 characters or others than those of a label.
 */
enum err store_key_change_revoke(struct store_change *change,
    const struct store_key *key, struct str why) MUST_CHECK;

/*
 * Adds a secret; VERSION gets its number. The ones before it end OVERLAP
 * seconds (0 to STORE_KEY_CHANGE_OVERLAP_MAX) from now or, with FIRST_USE,
 * from its first use on; never later than they would have ended. An overlap
 * that still waits for the first use of the secret before begins now: nobody
 * rotates twice to keep the oldest secret. NOW is clock_wall_us.
 * ERR_KEY_ENDED if the key is revoked or has expired; ERR_APP_TOKEN_FIXED;
 * ERR_TOO_MANY_SECRETS;
 * ERR_INVALID.
 */
enum err store_key_change_rotate(struct store_change *change,
    const struct store_key *key, const struct store_key_fresh *secret,
    int64_t overlap, bool first_use, int64_t now, int32_t *version)
    MUST_CHECK;

/*
 * Ends its secret VERSION for good. ERR_NOT_FOUND; ERR_KEY_ENDED if the key is
 * revoked; ERR_SECRET_LAST for the newest; ERR_SECRET_ALREADY_ENDED;
 * ERR_SECRET_IN_USE if it was used since IDLE (clock_wall_us; INT64_MAX ends
 * it all the same), ERR_SECRET_USE_UNKNOWN. NOW is clock_wall_us.
 */
enum err store_key_change_end_secret(struct store_change *change,
    const struct store_key *key, int32_t version, int64_t now, int64_t idle)
    MUST_CHECK;

#endif
