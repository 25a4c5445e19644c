/* SPDX-License-Identifier: ISC */
/*
 * checkpoint [layer 2]: what is signed of the log: the head of the chain of
 * account 0, which seals all others, as the text of a signed note: the key's
 * name as origin, the number of the event, its hash in base64, a line each
 * (the form of c2sp.org/tlog-checkpoint, with a chain in place of a tree).
 * Pure.
 */
#ifndef HASP_CHECKPOINT_H
#define HASP_CHECKPOINT_H

#include "digest.h"
#include "signature.h"

struct checkpoint {
	int64_t seq;		/* above 0 */
	struct digest hash;
};

/* Room for checkpoint_sign, its NUL included. */
#define CHECKPOINT_SIZE 512

/* The signed note of CHECKPOINT. Errors of signature_line. */
enum err checkpoint_sign(const struct checkpoint *checkpoint,
    const struct signature_signer *signer, char out[CHECKPOINT_SIZE])
    MUST_CHECK;

/*
 * What NOTE says. SIGNATURE_GOOD: one of COUNT KEYS signed it, and the origin
 * is that key's name; else the others of signature_check, also for what is
 * signed well and is no checkpoint: SIGNATURE_MALFORMED.
 */
enum signature_rc checkpoint_read(const struct signature_key *keys,
    size_t count, struct str note, struct checkpoint *out) MUST_CHECK;

/*
 * Cuts the first note off TEXT, a file of notes one after another: from its
 * text to the empty line, and the lines of signatures after it. False if
 * there is none.
 */
bool checkpoint_next(struct str *text, struct str *note) MUST_CHECK;

#endif
