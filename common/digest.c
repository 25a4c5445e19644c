/* SPDX-License-Identifier: ISC */
#include "digest.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/*
 * The algorithm, found once: EVP_sha256 only names it, and each digest would
 * look for it behind locks that all threads share. Never freed. NULL if there
 * is none, or no key for the contexts.
 */
static EVP_MD *digest_algorithm;

/*
 * Each thread's context for digest_sha256: to make one costs more than the
 * digest of a key. Between two digests there is nothing in it but the last
 * digest: OpenSSL wipes the block that it hashed.
 */
static pthread_key_t digest_contexts;
static pthread_once_t digest_once = PTHREAD_ONCE_INIT;

static void
digest_context_free(void *context)
{
	EVP_MD_CTX_free(context);
}

static void
digest_fetch(void)
{
	if (pthread_key_create(&digest_contexts, digest_context_free) == 0)
		digest_algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* That of this thread, or NULL. */
static EVP_MD_CTX *
digest_context(void)
{
	EVP_MD_CTX *context;

	(void)pthread_once(&digest_once, digest_fetch);
	if (digest_algorithm == NULL)
		return NULL;
	context = pthread_getspecific(digest_contexts);
	if (context != NULL)
		return context;
	context = EVP_MD_CTX_new();
	if (pthread_setspecific(digest_contexts, context) == 0)
		return context;
	EVP_MD_CTX_free(context);
	return NULL;
}

enum err
digest_sha256(struct str data, struct digest *out)
{
	EVP_MD_CTX *context = digest_context();
	unsigned int len = 0;

	memset(out, 0, sizeof(*out));
	if (context == NULL)
		return ERR_INTERNAL;
	if (EVP_DigestInit_ex2(context, digest_algorithm, NULL) == 1 &&
	    EVP_DigestUpdate(context, data.ptr, data.len) == 1 &&
	    EVP_DigestFinal_ex(context, out->bytes, &len) == 1 &&
	    len == DIGEST_SIZE)
		return ERR_OK;
	/* What it had begun with may be a secret. */
	(void)EVP_MD_CTX_reset(context);
	memset(out, 0, sizeof(*out));
	return ERR_INTERNAL;
}

struct digest_stream {
	EVP_MD_CTX *context;
	bool failed;
};

struct digest_stream *
digest_open(void)
{
	struct digest_stream *s = calloc(1, sizeof(*s));

	(void)pthread_once(&digest_once, digest_fetch);
	if (s == NULL)
		return NULL;
	s->context = EVP_MD_CTX_new();
	s->failed = true;
	if (s->context != NULL && digest_algorithm != NULL)
		return s;
	digest_close(s);
	return NULL;
}

void
digest_close(struct digest_stream *s)
{
	if (s == NULL)
		return;
	EVP_MD_CTX_free(s->context);
	free(s);
}

void
digest_begin(struct digest_stream *s)
{
	s->failed = EVP_DigestInit_ex2(s->context, digest_algorithm, NULL) !=
	    1;
}

void
digest_add(struct digest_stream *s, struct str data)
{
	if (!s->failed && data.len > 0)
		s->failed = EVP_DigestUpdate(s->context, data.ptr, data.len) !=
		    1;
}

enum err
digest_end(struct digest_stream *s, struct digest *out)
{
	unsigned int len = 0;

	memset(out, 0, sizeof(*out));
	if (s->failed || EVP_DigestFinal_ex(s->context, out->bytes, &len) !=
	    1 || len != DIGEST_SIZE) {
		memset(out, 0, sizeof(*out));
		s->failed = true;
		return ERR_INTERNAL;
	}
	s->failed = true;
	return ERR_OK;
}

enum err
digest_hmac(struct str key, struct str data, struct digest *out)
{
	static const unsigned char none[1];
	unsigned int len = 0;

	memset(out, 0, sizeof(*out));
	(void)pthread_once(&digest_once, digest_fetch);
	/* A NULL key would mean the one of the call before. */
	if (digest_algorithm == NULL || key.len > INT_MAX ||
	    HMAC(digest_algorithm, key.len > 0 ? key.ptr : (const char *)none,
	    (int)key.len, (const unsigned char *)data.ptr, data.len,
	    out->bytes, &len) == NULL || len != DIGEST_SIZE) {
		memset(out, 0, sizeof(*out));
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

void
digest_hex(const struct digest *digest, char out[DIGEST_HEX_SIZE])
{
	str_hex(digest->bytes, DIGEST_SIZE, out);
	out[DIGEST_HEX_SIZE - 1] = '\0';
}
