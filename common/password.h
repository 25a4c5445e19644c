/* SPDX-License-Identifier: ISC */
/*
 * password [layer 1]: people's passwords as yescrypt hashes of libcrypt
 * (libxcrypt), in the form of crypt(5): $y$, parameters, salt, hash. Any
 * thread may call at any time; few are computed at once.
 */
#ifndef HASP_PASSWORD_H
#define HASP_PASSWORD_H

#include "err.h"
#include "str.h"

/*
 * The cost of yescrypt as crypt_gensalt(3) takes it, 1 to 11: each step
 * doubles time and memory. 7 is 64 MiB and about 0.07 s of one core: too slow
 * and too large for guessing at scale, not felt by who signs in, and at home
 * in a small machine. Debian's own logins use 5 (16 MiB). Hashes of another
 * cost stay valid.
 */
#define PASSWORD_COST 7

/*
 * A sign-in costs a process that much: so many are computed at once, so many
 * more wait in line, and the next is sent away. Twice 64 MiB is the most
 * memory that passwords take.
 */
#define PASSWORD_AT_ONCE 2
#define PASSWORD_WAITING 8

/* Bytes of a password; libcrypt takes at most 511. */
#define PASSWORD_MIN 12
#define PASSWORD_MAX 256

/* Room for a hash and its NUL: the longest that the database keeps. */
#define PASSWORD_HASH_SIZE 204

/* Room for password_make, its NUL included. */
#define PASSWORD_MADE_SIZE 24

/*
 * The hash of PASSWORD with fresh salt. ERR_INVALID: it is empty, longer than
 * PASSWORD_MAX or holds a NUL byte; ERR_OVERLOADED: the line is full;
 * ERR_MEMORY; ERR_INTERNAL: no randomness, or libcrypt refuses. OUT is then
 * the empty text.
 */
enum err password_hash(struct str password, char out[PASSWORD_HASH_SIZE])
    MUST_CHECK;

/*
 * ERR_OK if PASSWORD is the one that HASH was made of, else
 * ERR_SIGN_IN_FAILED. An empty HASH (no such member, or one who has no
 * password) is never right, and takes as long as one that is compared: the
 * time does not tell who is a member. Only a PASSWORD that password_hash
 * refuses is answered at once, whoever's it is. ERR_INTERNAL: HASH is not
 * empty and no yescrypt hash; ERR_OVERLOADED and ERR_MEMORY as above.
 */
enum err password_verify(struct str password, struct str hash) MUST_CHECK;

/*
 * Whether PASSWORD may become that of the member with EMAIL: PASSWORD_MIN to
 * PASSWORD_MAX bytes of UTF-8 without NUL, not the address nor its part
 * before the last @ (in either case of ASCII), not one character again and
 * again. ERR_INVALID if not. Nothing more is asked of it: rules on kinds of
 * characters make passwords worse (NIST SP 800-63B section 5.1.1.2). The
 * bytes count as they are; nothing is normalised.
 */
enum err password_check_new(struct str password, struct str email) MUST_CHECK;

/*
 * A random password that a person can type: four groups of five digits and
 * letters with hyphens between, 119 bits. ERR_INTERNAL if there is no
 * randomness.
 */
enum err password_make(char out[PASSWORD_MADE_SIZE]) MUST_CHECK;

#endif
