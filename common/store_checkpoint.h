/* SPDX-License-Identifier: ISC */
/*
 * store_checkpoint [layer 5]: where chains stand, and how far they were sealed
 * and signed; sealing, keeping what was signed, and what may go: what is old,
 * and what tells of persons. For operators.
 */
#ifndef HASP_STORE_CHECKPOINT_H
#define HASP_STORE_CHECKPOINT_H

#include "arena.h"
#include "chainline.h"
#include "checkpoint.h"
#include "db.h"

/* A chain that went on since it was sealed. */
struct store_checkpoint_move {
	enum chainline_of of;
	struct chainline_head head;
	struct digest from_hash;	/* zero: never */
};

struct store_checkpoint_moves;

/*
 * The chain of account 0 first, whose mark is the last checkpoint (without its
 * time and hash) and which need not have moved, then at most LIMIT others,
 * accounts and then journals in order: as all stood at one moment. OUT is ended
 * with store_checkpoint_moves_free.
 */
enum err store_checkpoint_find_moves(struct db *db, int64_t limit,
    struct store_checkpoint_moves **out) MUST_CHECK;
size_t store_checkpoint_count(const struct store_checkpoint_moves *moves);
/* False if its hash or mark is none that this program wrote. */
bool store_checkpoint_move(const struct store_checkpoint_moves *moves,
    size_t number, struct store_checkpoint_move *out) MUST_CHECK;
void store_checkpoint_moves_free(struct store_checkpoint_moves *moves);

static inline void
store_checkpoint_moves_freep(struct store_checkpoint_moves **moves)
{
	store_checkpoint_moves_free(*moves);
}

#define CLEANUP_MOVES CLEANUP(store_checkpoint_moves_freep)

/*
 * Calls TAKE with each head as it was sealed before the event SEQ of account
 * 0, that of account 0 first. ERR_NOT_FOUND: there is no event before it.
 */
enum err store_checkpoint_sealed(struct db *db, int64_t seq,
    enum err (*take)(void *arg, enum chainline_of of, int64_t id,
    int64_t upto, const struct digest *hash), void *arg) MUST_CHECK;

/* How many events are not sealed, or signed. */
enum err store_checkpoint_unsealed(struct db *db, int64_t *out) MUST_CHECK;

/*
 * Writes words of chainline_head into an event of account 0. ERR_CONFLICT:
 * somebody else sealed one of them meanwhile; nothing is written.
 */
enum err store_checkpoint_seal(struct db *db, struct str accounts,
    struct str journals) MUST_CHECK;

struct store_checkpoint_last {
	int64_t seq;		/* 0: there is none */
	int64_t at;		/* when signed, microseconds since 1970 */
	struct str note;	/* "" for none */
};

/* The last checkpoint; its note is in ARENA. */
enum err store_checkpoint_last(struct db *db, struct arena *arena,
    struct store_checkpoint_last *out) MUST_CHECK;

/*
 * Time and hash of the event SEQ of account 0. ERR_NOT_FOUND: there is none.
 */
enum err store_checkpoint_chained(struct db *db, int64_t seq, int64_t *at,
    struct digest *hash) MUST_CHECK;

/* ERR_CONFLICT: there is no such event, or a checkpoint as late. */
enum err store_checkpoint_add(struct db *db,
    const struct checkpoint *checkpoint, int64_t at, struct str note)
    MUST_CHECK;

/*
 * Calls TAKE with the number and the note, escaped, of the first checkpoint
 * after AFTER up to UPTO, if there is one.
 */
enum err store_checkpoint_next(struct db *db, int64_t after, int64_t upto,
    enum err (*take)(void *arg, int64_t seq, struct str note), void *arg)
    MUST_CHECK;

/* Calls TAKE with each account that has events, and 0, in order. */
enum err store_checkpoint_accounts(struct db *db,
    enum err (*take)(void *arg, int64_t account), void *arg) MUST_CHECK;

/* Makes the partitions that will be needed. */
enum err store_checkpoint_make_ahead(struct db *db) MUST_CHECK;

/*
 * Prepares dropping what is before the day that BEFORE (microseconds) is in;
 * SEQ: the event of account 0 that tells of it, 0 if there is nothing to drop.
 * ERR_CONFLICT: some of it is not sealed; ERR_INVALID: it is not a day old.
 */
enum err store_checkpoint_begin_prune(struct db *db, int64_t before,
    int64_t *seq) MUST_CHECK;

/*
 * Drops it: so many PARTITIONS. ERR_CONFLICT: no checkpoint covers the event
 * SEQ, or it was done.
 */
enum err store_checkpoint_finish_prune(struct db *db, int64_t seq,
    int64_t *partitions) MUST_CHECK;

struct store_checkpoint_erasure {
	int64_t account;
	int64_t member;		/* 0: any */
	struct str address;	/* "": any */
	int64_t before;		/* microseconds; 0: up to now */
	/* What comes back. */
	int64_t events;
	int64_t uses;
	int64_t seq;		/* of the account's event that tells of it */
};

/* Erases addresses. ERR_INVALID: ADDRESS is none. */
enum err store_checkpoint_erase(struct db *db,
    struct store_checkpoint_erasure *erasure) MUST_CHECK;

#endif
