/* SPDX-License-Identifier: ISC */
/*
 * store_person [layer 5]: members of any account as an operator sees and
 * changes them. Each change is a transaction of its own and is logged.
 */
#ifndef HASP_STORE_PERSON_H
#define HASP_STORE_PERSON_H

#include "arena.h"
#include "seal.h"
#include "store_change.h"
#include "totp.h"

struct store_person {
	int64_t id;
	int64_t account;
	const char *email;	/* in lower case */
	bool may_administer;
	bool totp;		/* one-time codes are in force */
	int64_t created;	/* microseconds of clock_wall_us */
	int64_t disabled;	/* since when logins are refused; 0: are not */
};

/* The member of that id, texts in ARENA. ERR_NOT_FOUND. */
enum err store_person_find(struct db *db, struct arena *arena, int64_t id,
    struct store_person *out) MUST_CHECK;

/*
 * At most LIMIT members of ACCOUNT with ids above AFTER, in order of id: an
 * array in ARENA and its length.
 */
enum err store_person_list(struct db *db, struct arena *arena, int64_t account,
    int64_t after, int limit, struct store_person **out, size_t *count)
    MUST_CHECK;

struct store_person_new {
	struct str email;		/* is kept in lower case */
	const char *password_hash;	/* of password_hash */
	bool may_administer;
	/* NULL: no authenticator; else TOTP's is in force, sealed by it. */
	const struct seal_key *seal;
	const uint8_t *totp;		/* TOTP_SECRET_SIZE bytes */
};

/*
 * Makes a member of change->account, which must exist; ID gets its number.
 * ERR_EMAIL_TAKEN: somebody, perhaps of another account, has the address;
 * ERR_INVALID: it is none.
 */
enum err store_person_create(struct store_change *change,
    const struct store_person_new *person, int64_t *id) MUST_CHECK;

/*
 * Gives the member another password, takes authenticator and recovery codes
 * away, and ends all sessions. ERR_NOT_FOUND. Sets change->account.
 */
enum err store_person_reset(struct store_change *change, int64_t id,
    const char *password_hash) MUST_CHECK;

/*
 * Refuses the member's logins and ends all sessions, or takes the refusal
 * back. ALREADY is set if it stands so already; then nothing changes.
 * ERR_NOT_FOUND. Sets change->account.
 */
enum err store_person_disable(struct store_change *change, int64_t id,
    bool disabled, bool *already) MUST_CHECK;

#endif
