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

#endif
