/* SPDX-License-Identifier: ISC */
#include "digest.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

/*
 * The algorithm, found once: EVP_sha256 only names it, and each digest would
 * look for it behind locks that all threads share. Never freed.
 */
static EVP_MD *digest_algorithm;
static pthread_once_t digest_once = PTHREAD_ONCE_INIT;

static void
digest_fetch(void)
{
	digest_algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
}

enum err
digest_sha256(struct str data, struct digest *out)
{
	unsigned int len = 0;

	memset(out, 0, sizeof(*out));
	(void)pthread_once(&digest_once, digest_fetch);
	if (digest_algorithm == NULL || EVP_Digest(data.ptr, data.len,
	    out->bytes, &len, digest_algorithm, NULL) != 1 ||
	    len != DIGEST_SIZE) {
		memset(out, 0, sizeof(*out));
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

void
digest_hex(const struct digest *digest, char out[DIGEST_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		out[n++] = digits[digest->bytes[i] >> 4];
		out[n++] = digits[digest->bytes[i] & 15];
	}
	out[n] = '\0';
}
