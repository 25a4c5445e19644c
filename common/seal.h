/* SPDX-License-Identifier: ISC */
/*
 * seal [layer 1]: secrets that have to be read again (of one-time codes) are
 * stored under AES-256-GCM (NIST SP 800-38D) through OpenSSL, with a key that
 * is in a file and never in the database. Any thread may call.
 */
#ifndef HASP_SEAL_H
#define HASP_SEAL_H

#include "err.h"
#include "str.h"

#define SEAL_KEY_SIZE 32

/*
 * What sealing adds: a random nonce of 12 bytes before, a tag of 16 after.
 * One key may seal 2^32 values (SP 800-38D section 8.3).
 */
#define SEAL_NONCE_SIZE 12
#define SEAL_TAG_SIZE 16
#define SEAL_SIZE(len) (SEAL_NONCE_SIZE + (len) + SEAL_TAG_SIZE)

/* Bytes that can be sealed: the database keeps 200 of the sealed value. */
#define SEAL_PLAIN_MAX 172

struct seal_key {
	uint8_t bytes[SEAL_KEY_SIZE];
};

/* Wipes KEY; CLEANUP(seal_key_wipe) does so at the end of a scope. */
void seal_key_wipe(struct seal_key *key);

/* Room for the message of a refused key file. */
#define SEAL_MESSAGE_SIZE 512

/*
 * The key in the file PATH: exactly 32 bytes, as they are, not all alike. The
 * file is a regular one (or a link to one), belongs to root or to the user
 * that the process runs as, and is nobody else's to read or write: mode 0600
 * or less; if it is root's its group may read it, too (0640), so that a
 * service can read what it must not change. ERR_CONFIG, with OUT wiped and a
 * MESSAGE that says what to do.
 */
enum err seal_read_key(const char *path, struct seal_key *out,
    char message[SEAL_MESSAGE_SIZE]) MUST_CHECK;

/*
 * Seals LEN bytes (1 to SEAL_PLAIN_MAX) at PLAIN into OUT (SEAL_SIZE(LEN)
 * bytes): nonce, ciphertext, tag. CONTEXT says what the value is and whose
 * ("totp member 7"); it opens in the same context only, so a value copied to
 * another row is of no use there. ERR_INTERNAL: another LEN, no randomness,
 * or OpenSSL refuses; OUT is then all zero.
 */
enum err seal_close(const struct seal_key *key, struct str context,
    const void *plain, size_t len, uint8_t *out) MUST_CHECK;

/*
 * Opens what seal_close made: LEN bytes at SEALED, SEAL_SIZE(0) fewer into
 * PLAIN, which the caller wipes. ERR_INTERNAL: the length is no sealed
 * value's, a bit was changed, or key or context is another; PLAIN is then all
 * zero (left alone if the length is wrong).
 */
enum err seal_open(const struct seal_key *key, struct str context,
    const uint8_t *sealed, size_t len, void *plain) MUST_CHECK;

#endif
