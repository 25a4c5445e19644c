/* SPDX-License-Identifier: ISC */
#include "digest.h"

#include <openssl/evp.h>
#include <string.h>

enum err
digest_sha256(struct str data, struct digest *out)
{
	unsigned int len = 0;

	memset(out, 0, sizeof(*out));
	if (EVP_Digest(data.ptr, data.len, out->bytes, &len, EVP_sha256(),
	    NULL) != 1 || len != DIGEST_SIZE) {
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
