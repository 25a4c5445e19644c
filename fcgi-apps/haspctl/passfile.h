/* SPDX-License-Identifier: ISC */
/*
 * passfile [layer 8]: password files for libpq (passfile=), one a login role.
 * A new password waits in DIR/<role>.pgpass.new until the database has taken
 * it, so that a failure in between locks nobody out.
 */
#ifndef HASPCTL_PASSFILE_H
#define HASPCTL_PASSFILE_H

#include "err.h"

#define PASSFILE_MAX 16			/* login roles at most */
#define PASSFILE_DIGITS 40		/* base62: 238 bits */
#define PASSFILE_PATH 512

struct passfile {
	const char *folder;
	char password[PASSFILE_DIGITS + 1];	/* the last one made */
	struct passfile_entry {
		const char *role;
		char path[PASSFILE_PATH];	/* without .new */
	} made[PASSFILE_MAX];
	size_t count;
	int error;			/* errno of what failed, or 0 */
};

/*
 * Makes a password for ROLE and writes it to its .new file, mode 0600. The
 * password, valid until the next call, or NULL with ERROR set. ARG is the
 * struct passfile.
 */
const char *passfile_make(const char *role, void *arg);

/* Every .new file becomes the role's file; ERR_SYSTEM with ERROR set. */
enum err passfile_keep(struct passfile *passfile) MUST_CHECK;

/* Removes the .new files and wipes the password. */
void passfile_end(struct passfile *passfile);

#endif
