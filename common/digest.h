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

/* Room for digest_hex, its NUL included. */
#define DIGEST_HEX_SIZE (DIGEST_SIZE * 2 + 1)

/* The digest as 64 lower-case hexadecimal digits and a NUL. */
void digest_hex(const struct digest *digest, char out[DIGEST_HEX_SIZE]);

#endif
