/* SPDX-License-Identifier: ISC */
/*
 * audit_key [layer 8]: the keys that checkpoints are signed with: `haspctl
 * audit keygen`, and what --key names.
 */
#ifndef HASPCTL_AUDIT_KEY_H
#define HASPCTL_AUDIT_KEY_H

#include "invocation.h"
#include "signature.h"

enum status audit_key_generate(struct invocation *invocation);

/* The private key that --key names; the caller wipes it. */
enum status audit_key_signer(const struct invocation *invocation,
    struct signature_signer *out) MUST_CHECK;

/* Keys that one file may hold: those of before it was changed as well. */
#define AUDIT_KEY_MAX 16

/* The public keys in the file that --key names, a line each; COUNT of them. */
enum status audit_key_public(const struct invocation *invocation,
    struct signature_key out[AUDIT_KEY_MAX], size_t *count) MUST_CHECK;

#endif
