/* SPDX-License-Identifier: ISC */
/*
 * claim [layer 6]: the file that says which verifier runs in a place. Whoever
 * holds its lock knows that the one named in it is gone: a lock ends with its
 * process, however that ended.
 */
#ifndef HASP_CLAIM_H
#define HASP_CLAIM_H

#include "barrier.h"
#include "err.h"

/*
 * Locks the file PATH and gives the verifier that it names: PREDECESSOR, ""
 * for none or nothing that can be one. OUT is the lock: the caller keeps it
 * open until the process ends. ERR_CONFLICT: a living process has it;
 * ERR_PERMISSION, ERR_SYSTEM. OUT is -1 then.
 */
enum err claim_take(const char *path, char predecessor[BARRIER_ID_SIZE],
    int *out) MUST_CHECK;

/*
 * Names OWN in the file of the lock FD. After it has registered: one that is
 * killed before that has no row, and its predecessor still may have.
 */
enum err claim_write(int fd, const char own[BARRIER_ID_SIZE]) MUST_CHECK;

#endif
