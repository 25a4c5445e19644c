/* SPDX-License-Identifier: ISC */
/*
 * audit_seal [layer 8]: seals all chains in the chain of account 0, and signs
 * its head; before either, all since the last time is read again and its
 * hashes are computed. What does not fit stops it, so that nothing false is
 * ever signed.
 */
#ifndef HASPCTL_AUDIT_SEAL_H
#define HASPCTL_AUDIT_SEAL_H

#include "checkpoint.h"
#include "invocation.h"

struct audit_seal {
	struct signature_signer signer;	/* wiped by the caller */
	const char *file;	/* checkpoints are appended to it; or NULL */
	const char *witness;	/* see audit_witness.h; or NULL */
	/* What was done. */
	int64_t sealed;		/* chains */
	struct checkpoint made;	/* its number is 0 if there was nothing new */
	char note[CHECKPOINT_SIZE];
};

/* Reads --key, --file and --witness. */
enum status audit_seal_read(const struct invocation *invocation,
    struct audit_seal *seal) MUST_CHECK;

/*
 * Seals and signs once. STATUS_NO, and it is told what: the log was tampered
 * with; STATUS_UNAVAILABLE: to be tried again.
 */
enum status audit_seal_run(struct invocation *invocation,
    struct audit_seal *seal) MUST_CHECK;

#endif
