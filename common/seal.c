/* SPDX-License-Identifier: ISC */
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "secret.h"

#define SEAL_RECIPE "(umask 077; head -c 32 /dev/urandom >FILE)"

void
seal_key_wipe(struct seal_key *key)
{
	explicit_bzero(key, sizeof(*key));
}

/* Why the open file FD has no key for OUT, or NULL if OUT is set. */
static const char *
seal_read_fault(int fd, struct seal_key *out)
{
	const char *fault;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return strerror(errno);
	if ((fault = secret_stat_fault(&st)) != NULL)
		return fault;
	if (st.st_size != SEAL_KEY_SIZE)
		return "does not have exactly 32 bytes";
	if (read(fd, out->bytes, SEAL_KEY_SIZE) != SEAL_KEY_SIZE)
		return "cannot be read whole";
	if (secret_equal(out->bytes, out->bytes + 1, SEAL_KEY_SIZE - 1))
		return "is one byte again and again, which is no key";
	return NULL;
}

enum err
seal_read_key(const char *path, struct seal_key *out,
    char message[SEAL_MESSAGE_SIZE])
{
	/* A FIFO must not make us wait. */
	int fd CLEANUP_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
	    O_NOCTTY);
	const char *fault = seal_read_fault(fd, out);

	message[0] = '\0';
	if (fault == NULL)
		return ERR_OK;
	seal_key_wipe(out);
	(void)snprintf(message, SEAL_MESSAGE_SIZE, "the key file %.256s: %s. "
	    "Make one with " SEAL_RECIPE, path, fault);
	return ERR_CONFIG;
}

static void
seal_end(EVP_CIPHER_CTX **ctx)
{
	EVP_CIPHER_CTX_free(*ctx);
}

/* CTX with key, NONCE and CONTEXT; TO_CLOSE or to open. */
static bool
seal_begin(EVP_CIPHER_CTX *ctx, const struct seal_key *key,
    const uint8_t *nonce, struct str context, bool to_close)
{
	int n;

	/* The length of the nonce is GCM's own, 12 bytes. */
	return ctx != NULL && context.len <= INT_MAX &&
	    EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), key->bytes, nonce,
	    to_close, NULL) == 1 &&
	    (context.len == 0 || EVP_CipherUpdate(ctx, NULL, &n,
	    (const unsigned char *)context.ptr, (int)context.len) == 1);
}

/* LEN bytes from IN to OUT, no more and no less. */
static bool
seal_pass(EVP_CIPHER_CTX *ctx, const uint8_t *in, size_t len, uint8_t *out)
{
	int n = 0;

	return EVP_CipherUpdate(ctx, out, &n, in, (int)len) == 1 &&
	    n == (int)len;
}

static bool
seal_finish(EVP_CIPHER_CTX *ctx)
{
	unsigned char none[EVP_MAX_BLOCK_LENGTH];
	int n = 0;

	return EVP_CipherFinal_ex(ctx, none, &n) == 1 && n == 0;
}

enum err
seal_close(const struct seal_key *key, struct str context, const void *plain,
    size_t len, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx CLEANUP(seal_end) = EVP_CIPHER_CTX_new();
	uint8_t *text = out + SEAL_NONCE_SIZE;

	if (len == 0 || len > SEAL_PLAIN_MAX)
		return ERR_INTERNAL;
	if (secret_random(out, SEAL_NONCE_SIZE) == ERR_OK &&
	    seal_begin(ctx, key, out, context, true) &&
	    seal_pass(ctx, plain, len, text) && seal_finish(ctx) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_SIZE,
	    text + len) == 1)
		return ERR_OK;
	explicit_bzero(out, SEAL_SIZE(len));
	return ERR_INTERNAL;
}

enum err
seal_open(const struct seal_key *key, struct str context,
    const uint8_t *sealed, size_t len, void *plain)
{
	EVP_CIPHER_CTX *ctx CLEANUP(seal_end) = EVP_CIPHER_CTX_new();
	const uint8_t *text = sealed + SEAL_NONCE_SIZE;
	uint8_t tag[SEAL_TAG_SIZE];

	if (len <= SEAL_SIZE(0) || len > SEAL_SIZE(SEAL_PLAIN_MAX))
		return ERR_INTERNAL;
	len -= SEAL_SIZE(0);
	memcpy(tag, text + len, sizeof(tag));
	if (seal_begin(ctx, key, sealed, context, false) &&
	    seal_pass(ctx, text, len, plain) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG_SIZE,
	    tag) == 1 && seal_finish(ctx))
		return ERR_OK;
	/* It was deciphered before the tag told that it is not ours. */
	explicit_bzero(plain, len);
	return ERR_INTERNAL;
}
