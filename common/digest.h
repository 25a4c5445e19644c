/* SPDX-License-Identifier: ISC */
/*
 * digest [layer 1]: SHA-256 (FIPS 180-4) through OpenSSL. What is stored and
 * looked up in place of a secret.
 */
#ifndef HASP_DIGEST_H
#define HASP_DIGEST_H

#include "err.h"
#include "str.h"

#define DIGEST_SIZE 32

struct digest {
	uint8_t bytes[DIGEST_SIZE];
};

/* ERR_INTERNAL if OpenSSL refuses; OUT is then all zero. */
enum err digest_sha256(struct str data, struct digest *out) MUST_CHECK;

/*
 * The same in pieces, one digest after the other: digest_begin, any number of
 * digest_add, digest_end. One thread at a time. The first failure sticks until
 * the next digest_begin, so it is enough to look at digest_end.
 */
struct digest_stream;

/* NULL if memory is short; digest_close it. NULL is fine there. */
struct digest_stream *digest_open(void) MUST_CHECK;
void digest_close(struct digest_stream *stream);

void digest_begin(struct digest_stream *stream);
void digest_add(struct digest_stream *stream, struct str data);

/* ERR_INTERNAL if OpenSSL refused anything; OUT is then all zero. */
enum err digest_end(struct digest_stream *stream, struct digest *out)
    MUST_CHECK;

static inline void
digest_closep(struct digest_stream **stream)
{
	digest_close(*stream);
}

#define CLEANUP_DIGEST CLEANUP(digest_closep)

/*
 * HMAC-SHA-256 (RFC 2104) of DATA under KEY. ERR_INTERNAL if OpenSSL refuses;
 * OUT is then all zero.
 */
enum err digest_hmac(struct str key, struct str data, struct digest *out)
    MUST_CHECK;

/* Room for digest_hex, its NUL included. */
#define DIGEST_HEX_SIZE (DIGEST_SIZE * 2 + 1)

/* The digest as 64 lower-case hexadecimal digits and a NUL. */
void digest_hex(const struct digest *digest, char out[DIGEST_HEX_SIZE]);

#endif
