/* SPDX-License-Identifier: ISC */
/*
 * store_change [layer 5]: a change of what is managed, as one transaction: it
 * sees one account, uses a proof of re-authentication up, knows a request that
 * was answered before, and ends with the rows of the log that tell of it.
 *
 *	err = store_change_begin(&change);
 *	if (err == ERR_OK)
 *		err = store_change_end(&change, what_changes(&change));
 */
#ifndef HASP_STORE_CHANGE_H
#define HASP_STORE_CHANGE_H

#include "db.h"
#include "decision.h"
#include "digest.h"
#include "err.h"
#include "store_fence.h"

/* Room for an actor: "member:", "key:" or "app:" and who. */
#define STORE_CHANGE_ACTOR_SIZE 48

/* A request that shows a secret and may come twice. */
struct store_change_once {
	struct digest key;	/* of who asks, for what, and Idempotency-Key */
	struct digest request;	/* of the whole request */
	struct str key_id;	/* the key that will be made or rotated */
};

struct store_change {
	struct db *db;
	bool is_operator;	/* sees all accounts; else the one */
	int64_t account;	/* 0: none, for what belongs to no account */
	char actor[STORE_CHANGE_ACTOR_SIZE];	/* as hasp.actor writes it */
	struct str address;	/* the client's; "" or no address: not logged */
	struct str request_id;	/* "" for none */
	const struct digest *session;	/* in which PROOF counts */
	const struct digest *proof;	/* to be used up; NULL for none */
	/*
	 * Not by store_change_begin but by store_change_prove, after rows were
	 * locked: who removes a member waits for its proofs with those locked.
	 */
	bool prove_later;
	const struct store_change_once *once;	/* NULL for none */
	bool gives;		/* takes nothing away: nobody waits for it */
	/* Of one that was kept: what waits for it is told of it. */
	struct store_fence_number fence;
	/* For ERR_SECRET_ALREADY_SHOWN: the key of the request before. */
	char replayed[DECISION_ID_SIZE];
};

/*
 * Begins it; nothing is begun unless ERR_OK comes back.
 * ERR_SECRET_ALREADY_SHOWN: the same request was answered within a day;
 * ERR_IDEMPOTENCY_KEY_REUSED: another one was, under the same key;
 * ERR_PROOF_INVALID; else those of db_begin and db_run.
 */
enum err store_change_begin(struct store_change *change) MUST_CHECK;

/*
 * Uses the proof up, if there is one: in the middle of the change, for one that
 * locks rows first, or turns out only there to want it. ERR_PROOF_INVALID; else
 * those of db_run.
 */
enum err store_change_prove(struct store_change *change) MUST_CHECK;

/*
 * Ends it: keeps what was done if ERR is ERR_OK, else undoes all of it, the
 * use of the proof included. ERR comes back, or why it could not be kept;
 * ERR_OUTCOME_UNKNOWN if it may have been all the same. What is kept and
 * concerns checks has got a number, change->fence: confirm.h waits for it.
 */
enum err store_change_end(struct store_change *change, enum err err)
    MUST_CHECK;

/* change->address where it is one; "" for what is none (unix:). */
struct str store_change_address(const struct store_change *change);

/*
 * Begins a transaction that only reads the rows of ACCOUNT; it ends with
 * store_change_read_end.
 */
enum err store_change_read(struct db *db, int64_t account) MUST_CHECK;
enum err store_change_read_end(struct db *db, enum err err) MUST_CHECK;

#endif
