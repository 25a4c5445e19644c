/* SPDX-License-Identifier: ISC */
/*
 * key_secret [layer 8]: the text of a key, made here, shown once, wiped.
 */
#ifndef HASPCTL_KEY_SECRET_H
#define HASPCTL_KEY_SECRET_H

#include "digest.h"
#include "invocation.h"
#include "keytext.h"

struct key_secret {
	char text[KEYTEXT_SIZE];
	struct digest digest;	/* of the text: what is stored */
	struct str last;	/* its last characters, in TEXT */
};

/* A new random text for ENVIRONMENT; ERR_INVALID if RULES has none such. */
enum err key_secret_make(const struct keytext_rules *rules,
    struct str environment, struct key_secret *out) MUST_CHECK;

void key_secret_wipe(struct key_secret *secret);

#define CLEANUP_KEY_SECRET CLEANUP(key_secret_wipe)

/*
 * Reads the key ID back and writes it with its secret: as JSON, or the secret
 * alone on standard output and words on standard error that begin with VERB.
 */
enum status key_secret_tell(struct invocation *invocation, const char *id,
    const struct key_secret *secret, const char *verb) MUST_CHECK;

#endif
