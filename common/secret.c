/* SPDX-License-Identifier: ISC */
#include "secret.h"

#include <limits.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum err
secret_random(void *out, size_t len)
{
	if (len > INT_MAX || RAND_bytes(out, (int)len) != 1) {
		explicit_bzero(out, len);
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

enum err
secret_base62(char *out, size_t len)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz";
	uint8_t raw[64];
	size_t n = 0;

	while (n < len) {
		if (secret_random(raw, sizeof(raw)) != ERR_OK)
			return ERR_INTERNAL;
		/* 248 is the largest multiple of 62 in a byte: no bias. */
		for (size_t i = 0; i < sizeof(raw) && n < len; i++)
			if (raw[i] < 248)
				out[n++] = digits[raw[i] % 62];
	}
	out[n] = '\0';
	explicit_bzero(raw, sizeof(raw));
	return ERR_OK;
}

bool
secret_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

const char *
secret_stat_fault(const struct stat *st)
{
	mode_t others = st->st_uid == 0 ? 0037 : 0077;

	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "belongs neither to root nor to this program's user";
	if ((st->st_mode & others) != 0)
		return "is open to others: mode 0600 it may have, or 0640 if "
		    "it belongs to root";
	return NULL;
}

enum err
secret_harden_process(void)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return ERR_SYSTEM;
#ifdef M_PERTURB
	/* libfcgi and libpq free their buffers unwiped; glibc wipes them. */
	(void)mallopt(M_PERTURB, 0xa5);
#endif
	return ERR_OK;
}
