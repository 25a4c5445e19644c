/* SPDX-License-Identifier: ISC */
/*
 * store_session [layer 5]: people who are signed in. A token comes in as its
 * digest only.
 */
#ifndef HASP_STORE_SESSION_H
#define HASP_STORE_SESSION_H

#include "arena.h"
#include "db.h"
#include "decision.h"
#include "digest.h"
#include "err.h"

/* A session, its member and account; times are of clock_wall_us. */
struct store_session {
	int64_t account;
	enum decision_status account_status;
	const char *region;
	const char *api_host;		/* of that region */
	int64_t member;
	const char *email;
	bool may_administer;
	bool totp;			/* one-time codes are in force */
	int64_t created;
	int64_t idle_expires;		/* unless a request comes before */
	int64_t expires;
};

/*
 * The session of DIGEST, texts in ARENA, and notes that it was seen.
 * ERR_SESSION_ENDED if there is none, it has ended or its member is gone;
 * else those of db_run.
 */
enum err store_session_look_up(struct db *db, struct arena *arena,
    const struct digest *digest, struct store_session *out) MUST_CHECK;

/* What follows runs inside a transaction that sees the account. */

/* Live sessions of a member, proofs of a session, at most. */
#define STORE_SESSION_MEMBER_MAX 20
#define STORE_SESSION_PROOFS_MAX 10

struct store_session_new {
	int64_t account;
	int64_t member;
	const struct digest *digest;	/* of its token */
	int idle_seconds;		/* it ends without a request for it */
	int seconds;			/* it ends after that in any case */
	struct str address;		/* where from; "" if unknown */
};

/*
 * Makes a session. Those of the member that have expired go, and the oldest of
 * more than STORE_SESSION_MEMBER_MAX. The member's row is locked.
 */
enum err store_session_make(struct db *db,
    const struct store_session_new *new) MUST_CHECK;

/* Ends the session DIGEST; ERR_SESSION_ENDED if there is none. */
enum err store_session_end(struct db *db, int64_t account,
    const struct digest *digest) MUST_CHECK;

/* Ends all of the member's sessions but DIGEST. */
enum err store_session_end_others(struct db *db, int64_t account,
    int64_t member, const struct digest *digest) MUST_CHECK;

/*
 * Makes a proof that counts in SESSION for SECONDS; the oldest of more than
 * STORE_SESSION_PROOFS_MAX go. The member's row is locked.
 */
enum err store_session_add_proof(struct db *db, int64_t account,
    const struct digest *session, const struct digest *proof, int seconds)
    MUST_CHECK;

#endif
