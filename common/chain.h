/* SPDX-License-Identifier: ISC */
/*
 * chain [layer 2]: whether the log is what was written: follows the lines of
 * an export (docs/tamper.md), recomputes every chain, holds them against their
 * seals, and the chain of account 0 against signed checkpoints. Needs the
 * lines and the public key, and memory for one entry a chain. Pure.
 */
#ifndef HASP_CHAIN_H
#define HASP_CHAIN_H

#include "chainline.h"
#include "checkpoint.h"

struct chain;

enum chain_fault {
	CHAIN_NONE,
	/* It is not what was written. */
	CHAIN_EDITED,		/* something is another */
	CHAIN_DELETED,		/* something is missing, more follows */
	CHAIN_SWAPPED,		/* something stands elsewhere */
	CHAIN_ADDED,		/* something is there that was not */
	CHAIN_TRUNCATED,	/* the end is missing */
	CHAIN_REWRITTEN,	/* it fits together and not what was signed */
	CHAIN_EMPTIED,		/* addresses are gone, and no event says so */
	/* It cannot be told. */
	CHAIN_FOREIGN,		/* no export, or of another version */
	CHAIN_BROKEN_OFF,	/* the file ends before its end */
	CHAIN_PART,		/* the export is of a part only */
	CHAIN_NO_KEY,		/* no key was given */
	CHAIN_OTHER_KEY,	/* a checkpoint is signed by none of them */
	CHAIN_NO_CHECKPOINT,	/* there is no checkpoint */
};

enum chain_verdict { CHAIN_WHOLE, CHAIN_TAMPERED, CHAIN_UNTOLD };

struct chain_report {
	enum chain_verdict verdict;
	enum chain_fault fault;
	/* Where: a chain, and the first and last event or position in doubt. */
	bool has_chain;
	enum chainline_of of;
	int64_t id;
	int64_t first;
	int64_t last;
	int64_t line;		/* of the export, from 1; its end: how many */
	/* What was read. */
	int64_t events;
	int64_t uses;
	int64_t batches;
	int64_t checkpoints;	/* that hold */
	int64_t signed_upto;	/* the last of them; 0: none */
	int64_t unsigned_events;	/* of account 0 after it */
	int64_t erased;		/* addresses */
	int64_t unproven;	/* whose salt went with another's erasure */
	int64_t dropped;	/* uses of batches whose days were dropped */
};

/*
 * A follower that trusts COUNT KEYS, which must outlive it; 0: none. NULL if
 * memory is short. chain_close it; NULL is fine there.
 */
struct chain *chain_open(const struct signature_key *keys, size_t count)
    MUST_CHECK;
void chain_close(struct chain *chain);

/*
 * Takes as given, before any line, that a chain went UPTO there, and its hash:
 * what is before it is not looked at. ERR_MEMORY.
 */
enum err chain_give(struct chain *chain, enum chainline_of of, int64_t id,
    int64_t upto, const struct digest *hash) MUST_CHECK;

/*
 * What else was signed, from somewhere else: COUNT checkpoints in order of
 * number, which must outlive it.
 */
void chain_expect(struct chain *chain, const struct checkpoint *checkpoints,
    size_t count);

/* The next line of the export, without its LF. */
void chain_add(struct chain *chain, struct str line);

/*
 * The report, after the last line; CUT if that had no LF. ERR_MEMORY,
 * ERR_INTERNAL: it could not be found out.
 */
enum err chain_finish(struct chain *chain, bool cut, struct chain_report *out)
    MUST_CHECK;

/* What FAULT means, in a few words. */
const char *chain_sentence(enum chain_fault fault);

#endif
