/* SPDX-License-Identifier: ISC */
/*
 * store_token [layer 5]: tokens of apps. They are keys of the kind app_token
 * with one secret, belong to one connection and end with it; store_key finds
 * them, store_key_change locks and revokes them.
 *
 * A token was fetched if the app got it itself (change->actor is "app:..."), by
 * its secret, for a short time; else it was made by hand.
 */
#ifndef HASP_STORE_TOKEN_H
#define HASP_STORE_TOKEN_H

#include "arena.h"
#include "store_change.h"
#include "store_key_change.h"

/* Fetched tokens of one connection that work at a time, at most. */
#define STORE_TOKEN_FETCHED 10000

/* A token to be made. */
struct store_token_new {
	struct str id;			/* of newkey_id */
	struct str name;		/* as of a key */
	enum role role;			/* not above the connection's */
	struct str environment;		/* the connection's */
	struct str app;			/* the GUID of its app */
	int64_t connection;
	int64_t expires;		/* clock_wall_us; 0 for never */
	struct store_key_fresh secret;
};

/*
 * Makes the token with its secret, inside a change of the connection's account
 * (store_key_change_allow comes before, for one that is made by hand), and logs
 * token_created. Who revokes the connection or removes the app waits, or was
 * before: ERR_NOT_CONNECTED, also for a role above the connection's, and for
 * another account's connection. A fetched one has to have an end, and:
 * ERR_TOO_MANY_TOKENS if so many work already, exactly; a few that ended days
 * ago are removed. ERR_INVALID if a value is refused, ERR_CONFLICT if there is
 * such an id or secret.
 *
 * Of a fetched one the connection's row is locked first, then the app's: who
 * holds the app's must not ask for the connection's.
 */
enum err store_token_create(struct store_change *change,
    const struct store_token_new *token) MUST_CHECK;

/* A token as lists show it; times of clock_wall_us, 0: none. */
struct store_token {
	const char *id;
	const char *name;
	const char *role;
	const char *environment;
	const char *last;		/* its secret's last four characters */
	bool fetched;
	const char *created_by;
	int64_t created;
	int64_t expires;
	int64_t disabled;
	int64_t revoked;
	const char *revoked_by;		/* "" unless revoked */
	const char *revoked_why;	/* "" unless revoked */
	int64_t last_used;
	const char *last_used_from;	/* an address; "" if not known */
	int64_t connection;
	const char *app;		/* GUID */
	int64_t revision;
};

/*
 * At most LIMIT tokens of ACCOUNT's CONNECTION that were made before the token
 * BEFORE ("" for all), the newest first, in ARENA.
 */
enum err store_token_list(struct db *db, struct arena *arena, int64_t account,
    int64_t connection, struct str before, int limit,
    struct store_token **out, size_t *count) MUST_CHECK;

/* The token ID of ACCOUNT. ERR_NOT_FOUND, also for a key that is no token. */
enum err store_token_find(struct db *db, struct arena *arena, int64_t account,
    struct str id, struct store_token *out) MUST_CHECK;

/*
 * How many tokens of ACCOUNT's CONNECTION work now, but for the connection and
 * app themselves: COUNT is MOST + 1 if there are more than MOST.
 */
enum err store_token_count(struct db *db, int64_t account, int64_t connection,
    int64_t most, int64_t *count) MUST_CHECK;

#endif
