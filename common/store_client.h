/* SPDX-License-Identifier: ISC */
/*
 * store_client [layer 5]: apps as their publishers' programs are known by them:
 * by GUID and secret, before any account is. Accounts see them through
 * store_app and store_connection.
 */
#ifndef HASP_STORE_CLIENT_H
#define HASP_STORE_CLIENT_H

#include "arena.h"
#include "digest.h"
#include "role.h"
#include "store_change.h"

/* An app that has shown its secret. */
struct store_client {
	int64_t account;		/* whose own it is; 0: the operator's */
	const char *name;
	const char *publisher;
	int32_t secret_version;
};

/*
 * The app GUID (guid_check) with the secret of that digest. ERR_CLIENT_INVALID:
 * there is no such app, it was removed, or the secret is none in force.
 */
enum err store_client_find(struct db *db, struct arena *arena, struct str guid,
    const struct digest *secret, struct store_client *out) MUST_CHECK;

/*
 * In whose chain failures to be the app GUID are told: that of its own account;
 * 0 for the operator's, and for one that there is not.
 */
enum err store_client_account(struct db *db, struct str guid,
    int64_t *account) MUST_CHECK;

/* A connection in force, as an app may know it. */
struct store_client_connection {
	int64_t id;
	int64_t account;
	enum role role;			/* the most that was granted */
	const char *environment;
};

/*
 * The connection of the app GUID to ACCOUNT or, with 0, to the only account
 * there is. ERR_ACCOUNT_UNNAMED: there are several. ERR_CONNECTION_UNKNOWN:
 * there never was one, or no such account. ERR_CONNECTION_ENDED: there was.
 * ERR_CONNECTION_SUSPENDED: there is, and the account or its plan is not live.
 */
enum err store_client_connection(struct db *db, struct arena *arena,
    struct str guid, int64_t account, struct store_client_connection *out)
    MUST_CHECK;

/* A connect code that is asked for. */
struct store_client_code {
	struct str guid;		/* of the app that asks */
	struct digest digest;		/* of the code's text */
	int64_t account;		/* perhaps there is none */
	enum role role;			/* the most that may be granted */
	struct str environment;
	int seconds;			/* that it counts */
};

/*
 * Makes the code, inside a change of the app's own account (0 for the
 * operator's) by it, and logs connect_code_made; EXPIRES is clock_wall_us.
 * ERR_TOO_MANY_CODES: a thousand of the app wait already.
 */
enum err store_client_make_code(struct store_change *change,
    const struct store_client_code *code, int64_t *expires) MUST_CHECK;

/* Logs that somebody named the app GUID with a wrong secret; the same. */
enum err store_client_note_refused(const struct store_change *change,
    struct str guid) MUST_CHECK;

#endif
