/* SPDX-License-Identifier: ISC */
/*
 * member_secret [layer 8]: what a member signs in with: a password, given in a
 * file or made here, and the secret of one-time codes; shown once, wiped.
 */
#ifndef HASPCTL_MEMBER_SECRET_H
#define HASPCTL_MEMBER_SECRET_H

#include "invocation.h"
#include "password.h"
#include "seal.h"
#include "store_person.h"
#include "totp.h"

struct member_secret {
	char password[PASSWORD_MAX + 3];	/* room for a line end, too */
	bool made;		/* by us, so that it has to be shown */
	char hash[PASSWORD_HASH_SIZE];
	bool totp;		/* the rest is filled */
	struct seal_key seal;
	uint8_t totp_secret[TOTP_SECRET_SIZE];
	char totp_text[TOTP_BASE32_SIZE];
};

void member_secret_wipe(struct member_secret *secret);

#define CLEANUP_MEMBER_SECRET CLEANUP(member_secret_wipe)

/*
 * Takes the password from --password-file, or makes one, for the member with
 * the address EMAIL, and hashes it. Tells what is wrong.
 */
enum status member_secret_password(const struct invocation *invocation,
    struct str email, struct member_secret *out) MUST_CHECK;

/*
 * Makes a secret of one-time codes and reads the key that it is stored under,
 * as the configuration says, which has to be read. Tells what is wrong.
 */
enum status member_secret_enrol(const struct invocation *invocation,
    struct member_secret *out) MUST_CHECK;

/*
 * Reads the member ID back and writes it with what was made: as JSON, or the
 * secrets alone on standard output, a line each, and words on standard error
 * that begin with VERB. Says what to do if they could not be written.
 */
enum status member_secret_tell(struct invocation *invocation, int64_t id,
    const struct member_secret *secret, const char *verb) MUST_CHECK;

#endif
