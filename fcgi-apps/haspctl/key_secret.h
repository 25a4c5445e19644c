/* SPDX-License-Identifier: ISC */
/*
 * key_secret [layer 8]: the one showing of a new secret.
 */
#ifndef HASPCTL_KEY_SECRET_H
#define HASPCTL_KEY_SECRET_H

#include "invocation.h"
#include "newkey.h"

/*
 * Reads the key ID of ACCOUNT back and writes it with its secret: as JSON, or
 * the secret alone on standard output and words on standard error that begin
 * with VERB.
 */
enum status key_secret_tell(struct invocation *invocation, int64_t account,
    const char *id, const struct newkey *secret, const char *verb) MUST_CHECK;

#endif
