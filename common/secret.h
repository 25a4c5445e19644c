/* SPDX-License-Identifier: ISC */
/*
 * secret [layer 1]: random bytes, comparison in constant time, and keeping
 * secrets out of core files.
 */
#ifndef HASP_SECRET_H
#define HASP_SECRET_H

#include <sys/stat.h>

#include "err.h"

/* LEN bytes of the CSPRNG; ERR_INTERNAL (and zeros) if it cannot. */
enum err secret_random(void *out, size_t len) MUST_CHECK;

/*
 * LEN characters, each evenly one of the 62 digits and letters, and a NUL
 * into OUT (LEN + 1 bytes; LEN at most 256).
 */
enum err secret_base62(char *out, size_t len) MUST_CHECK;

/* Whether LEN bytes are alike; takes the same time whatever they hold. */
bool secret_equal(const void *a, const void *b, size_t len) MUST_CHECK;

/*
 * Why a file with these facts cannot hold a secret, or NULL: it is a regular
 * one, belongs to root or to the user that the process runs as, and is nobody
 * else's to read or write (0600); if it is root's its group may read it (0640).
 */
const char *secret_stat_fault(const struct stat *st) MUST_CHECK;

/*
 * For the start of main(): no core file, no ptrace by the same user, and
 * memory that is freed is overwritten by the allocator. ERR_SYSTEM if the
 * kernel refuses.
 */
enum err secret_harden_process(void) MUST_CHECK;

#endif
