/* SPDX-License-Identifier: ISC */
/*
 * store_member [layer 5]: the people of an account. All but
 * store_member_sign_in run inside a transaction that sees their account.
 */
#ifndef HASP_STORE_MEMBER_H
#define HASP_STORE_MEMBER_H

#include "arena.h"
#include "db.h"
#include "decision.h"
#include "err.h"

/* A person, as others of the account may know them. */
struct store_member {
	int64_t id;
	const char *email;	/* in lower case */
	bool may_administer;
	bool totp;		/* one-time codes are in force */
	int64_t created;	/* microseconds of clock_wall_us */
};

/* What a password and a one-time code are held against; never shown. */
struct store_member_sign_in {
	int64_t account;	/* 0: nobody has that address of email */
	enum decision_status account_status;
	const char *region;
	const char *api_host;
	int64_t member;
	const char *password_hash;	/* "" for none */
	struct str totp_sealed;		/* bytes; empty: no codes in force */
	int64_t totp_step;		/* of the last code taken */
	struct str totp_pending;	/* bytes; empty: none was offered */
};

/*
 * The member with the address EMAIL, in any case, texts in ARENA. ERR_OK with
 * OUT->account 0 (and all else empty) if there is none or it is disabled: the
 * caller goes on as with a wrong password. Errors: db_run's; ERR_MEMORY;
 * ERR_INTERNAL: what is stored makes no sense.
 */
enum err store_member_sign_in(struct db *db, struct arena *arena,
    struct str email, struct store_member_sign_in *out) MUST_CHECK;

/*
 * The member, whom nobody else changes until the transaction ends.
 * ERR_NOT_FOUND.
 */
enum err store_member_lock(struct db *db, struct arena *arena, int64_t account,
    int64_t member, struct store_member *out) MUST_CHECK;

/*
 * The members who may administer the account (and sign in): an array of their
 * ids in ARENA and its length. Nobody takes that from them until the
 * transaction ends. Before store_member_lock, so that all wait in one order.
 */
enum err store_member_lock_admins(struct db *db, struct arena *arena,
    int64_t account, int64_t **ids, size_t *count) MUST_CHECK;

/*
 * At most LIMIT members with ids above AFTER, in order of id: an array in
 * ARENA and its length.
 */
enum err store_member_list(struct db *db, struct arena *arena, int64_t account,
    int64_t after, int limit, struct store_member **out, size_t *count)
    MUST_CHECK;

/*
 * Adds a member. ERR_EMAIL_TAKEN: somebody, perhaps of another account, has
 * the address; ERR_INVALID: it is none.
 */
enum err store_member_create(struct db *db, struct arena *arena,
    int64_t account, struct str email, const char *password_hash,
    bool may_administer, struct store_member *out) MUST_CHECK;

/* ERR_NOT_FOUND if there is no such member. */
enum err store_member_set_admin(struct db *db, int64_t account, int64_t member,
    bool may_administer) MUST_CHECK;
enum err store_member_set_password(struct db *db, int64_t account,
    int64_t member, const char *password_hash) MUST_CHECK;

/* Removes it with its sessions, proofs and codes. ERR_NOT_FOUND. */
enum err store_member_remove(struct db *db, int64_t account, int64_t member)
    MUST_CHECK;

#endif
