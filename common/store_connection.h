/* SPDX-License-Identifier: ISC */
/*
 * store_connection [layer 5]: what accounts granted apps, and the codes by
 * which apps ask for it. A connection is granted once and revoked once; its
 * tokens are keys that end with it (store_token.h).
 */
#ifndef HASP_STORE_CONNECTION_H
#define HASP_STORE_CONNECTION_H

#include "arena.h"
#include "digest.h"
#include "role.h"
#include "store_change.h"

/* Working tokens that are counted, one more tells that there are more. */
#define STORE_CONNECTION_TOKENS 1000

struct store_connection {
	int64_t id;
	int64_t account;
	/* The app; whether it was removed, when. */
	const char *app;		/* its GUID */
	const char *name;
	const char *publisher;
	const char *home_page;		/* "" if there is none */
	bool is_private;		/* made by the account for itself */
	int64_t removed;		/* 0: it was not */
	const char *role;
	const char *environment;
	const char *granted_by;
	int64_t granted;
	int64_t revoked;		/* 0: in force */
	const char *revoked_by;		/* "" unless revoked */
	const char *revoked_why;	/* perhaps "" */
	int64_t last_used;		/* of those that have arrived */
	const char *last_used_from;	/* "" if not known */
	int64_t tokens;	/* that work, STORE_CONNECTION_TOKENS + 1 at most */
};

enum store_connection_status {
	STORE_CONNECTION_CONNECTED,	/* in force, of an app that is there */
	STORE_CONNECTION_REVOKED,	/* any other */
	STORE_CONNECTION_ALL,
};

/*
 * The newest connection of ACCOUNT to each app, those of STATUS among them,
 * the newest first; at most LIMIT, with ids below BEFORE (0: all). Texts in
 * ARENA; inside a transaction that sees the account, as the next one.
 */
enum err store_connection_list(struct db *db, struct arena *arena,
    int64_t account, enum store_connection_status status, int64_t before,
    int limit, struct store_connection **out, size_t *count) MUST_CHECK;

/*
 * The connections of ACCOUNT to the app of that GUID (guid_check), the newest
 * first, at most LIMIT; none for an app that there is not.
 */
enum err store_connection_history(struct db *db, struct arena *arena,
    int64_t account, struct str app, int limit,
    struct store_connection **out, size_t *count) MUST_CHECK;

/* The first of them. ERR_NOT_FOUND: the account never connected the app. */
enum err store_connection_find(struct db *db, struct arena *arena,
    int64_t account, struct str app, struct store_connection *out) MUST_CHECK;

/*
 * For operators. The connection of that id, of whatever account.
 * ERR_NOT_FOUND.
 */
enum err store_connection_get(struct db *db, struct arena *arena, int64_t id,
    struct store_connection *out) MUST_CHECK;

/* The connections of all accounts to APP, as store_connection_list. */
enum err store_connection_list_app(struct db *db, struct arena *arena,
    struct str app, int64_t before, int limit, struct store_connection **out,
    size_t *count) MUST_CHECK;

/* To how many accounts APP is connected now. */
enum err store_connection_reach(struct db *db, struct str app,
    int64_t *accounts) MUST_CHECK;

/* What a connect code asks for. */
struct store_connection_code {
	int64_t account;		/* perhaps there is none of that id */
	const char *app;
	const char *name;
	const char *publisher;
	const char *home_page;
	int64_t owner;		/* the account whose own app it is; 0: none */
	bool removed;			/* the app was */
	enum role role;
	const char *environment;
	int64_t expires;
	bool expired, used;
};

/* ERR_CONNECT_CODE_UNKNOWN. */
enum err store_connection_code(struct db *db, struct arena *arena,
    const struct digest *code, struct store_connection_code *out) MUST_CHECK;

/*
 * Why CODE connects nothing for ACCOUNT, in this order:
 * ERR_CONNECT_CODE_MISMATCH, ERR_APP_ALREADY_REMOVED, ERR_CONNECT_CODE_USED,
 * ERR_CONNECT_CODE_EXPIRED; ERR_OK if it would.
 */
enum err store_connection_code_verdict(
    const struct store_connection_code *code, int64_t account) MUST_CHECK;

/*
 * Inside a change that store_key_change_allow allows: uses the code up, which
 * asks for what CODE says, and grants its app ROLE. Those above;
 * ERR_ROLE_ABOVE_GRANT; ERR_ALREADY_CONNECTED.
 */
enum err store_connection_grant(struct store_change *change,
    const struct digest *digest, const struct store_connection_code *code,
    enum role role) MUST_CHECK;

/*
 * Revokes for good the connection of change->account to the app of that GUID.
 * ERR_NOT_CONNECTED: there is none in force; ERR_INVALID if WHY, perhaps
 * empty, has more than 200 characters or others than those of a label.
 */
enum err store_connection_revoke(struct store_change *change, struct str app,
    struct str why) MUST_CHECK;

#endif
