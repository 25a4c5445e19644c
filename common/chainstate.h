/* SPDX-License-Identifier: ISC */
/*
 * chainstate [layer 2]: what following the log knows at each line, and the
 * steps that events and uses share. For chain.c and chainuse.c alone.
 */
#ifndef HASP_CHAINSTATE_H
#define HASP_CHAINSTATE_H

#include "chain.h"
#include "chainmap.h"

#define CHAINSTATE_DAY_SIZE 10	/* 2031-05-04 */

/* Between two seals lines come in this order. */
enum chain_rank {
	CHAIN_ANCHORS,
	CHAIN_INSTALLATION,	/* events of account 0 */
	CHAIN_ACCOUNTS,		/* of others, by account */
	CHAIN_JOURNALS,		/* batches, by journal */
	CHAIN_HEADS,		/* after the last seal */
	CHAIN_HEADS_JOURNALS,
};

struct chain {
	const struct signature_key *keys;
	size_t key_count;
	const struct checkpoint *expected;
	size_t expected_left;
	struct chainmap map;
	struct digest_stream *one;	/* of a line */
	struct digest_stream *rows;	/* of a batch's uses, or of anchors */
	enum err err;
	int64_t line;
	bool begun;
	bool foreign;
	bool part;
	bool ended;
	enum chain_rank rank;
	int64_t rank_id;
	struct {
		bool open;
		int64_t journal, first, next, count;
		int64_t seen;		/* uses so far */
		int64_t from;		/* the next position, at least */
		bool dropped;		/* its day may have been */
		bool has_salt;
		uint8_t salt[CHAINLINE_SALT_SIZE];
		struct digest rows;
	} batch;
	struct {
		bool there;
		bool proven;
		int64_t seq;
		int64_t left;		/* anchors to come */
		enum chainline_of of;	/* of the last one */
		int64_t count;
		char day[CHAINSTATE_DAY_SIZE];
		struct digest digest;
	} prune;
	/* What is missing, to tell whether it comes elsewhere. */
	struct {
		bool waits;
		enum chainline_of of;
		int64_t id, want, got;
	} missing;
	int64_t checkpoint;		/* the last line of one */
	struct chain_report report;
};

/* The end of a chain; one for nothing, and the error kept, if there is none. */
struct chainmap_end *chainstate_end(struct chain *chain, enum chainline_of of,
    int64_t id) MUST_CHECK;

/*
 * Writes FAULT down, of END (NULL: of the export) from FIRST to LAST. The
 * first counts, but that what cannot be told gives way to what can.
 */
void chainstate_fault(struct chain *chain, enum chain_fault fault,
    const struct chainmap_end *end, int64_t first, int64_t last);

/*
 * Something of END is not there up to LAST: FAULT, until it is seen whether it
 * comes later. GOT is what came instead; 0: nothing of this chain.
 */
void chainstate_missing(struct chain *chain, enum chain_fault fault,
    const struct chainmap_end *end, int64_t last, int64_t got);

/* Whether a line of RANK and ID, AT of END, may stand here; a fault if not. */
bool chainstate_in_order(struct chain *chain, enum chain_rank rank, int64_t id,
    const struct chainmap_end *end, int64_t at) MUST_CHECK;

/* Whether SALT and the address of LINE are what stands for them. */
bool chainstate_address_holds(struct chain *chain,
    const struct chainline *line, const uint8_t *salt) MUST_CHECK;

/* An address of ACCOUNT is gone. */
void chainstate_gone(struct chain *chain, int64_t account);

/* Whether END goes on with LINE: TAG, the hash before it, LINE's text. */
bool chainstate_link(struct chain *chain, struct str tag,
    struct chainmap_end *end, const struct chainline *line) MUST_CHECK;

/* Holds END against what was sealed, or said, to be its head. */
void chainstate_hold(struct chain *chain, struct chainmap_end *end,
    int64_t upto, const struct digest *hash);

#endif
