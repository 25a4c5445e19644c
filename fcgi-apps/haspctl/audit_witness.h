/* SPDX-License-Identifier: ISC */
/*
 * audit_witness [layer 8]: a file that holds the last checkpoint and takes no
 * step back: nobody can have two logs signed one after the other, as long as
 * it is out of their reach.
 */
#ifndef HASPCTL_AUDIT_WITNESS_H
#define HASPCTL_AUDIT_WITNESS_H

#include "checkpoint.h"
#include "status.h"

/*
 * The checkpoint in the file PATH, signed by KEY; its number is 0 if there is
 * no file. STATUS_NO, and what is wrong is told, if it holds anything else.
 */
enum status audit_witness_read(const char *path,
    const struct signature_key *key, struct checkpoint *out) MUST_CHECK;

/*
 * Puts CHECKPOINT, whose NOTE it is, there, at once or not at all. STATUS_NO:
 * a later one is there, or another of the same number.
 */
enum status audit_witness_write(const char *path,
    const struct signature_key *key, const struct checkpoint *checkpoint,
    struct str note) MUST_CHECK;

#endif
