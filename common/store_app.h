/* SPDX-License-Identifier: ISC */
/*
 * store_app [layer 5]: apps, by those who made them: an account for itself, or
 * the operator for every account. A secret comes in as a digest only.
 *
 * Where an account is named, 0 stands for all apps, whoever made them: for
 * operators alone, whose changes are is_operator.
 */
#ifndef HASP_STORE_APP_H
#define HASP_STORE_APP_H

#include "arena.h"
#include "store_change.h"
#include "store_key_change.h"

/* Apps that an account has at a time, at most. */
#define STORE_APP_MAX 100

/* Longest time that an old secret lives on after a rotation, in seconds. */
#define STORE_APP_OVERLAP_MAX 2592000

/* Bytes of a home page's address, at most. */
#define STORE_APP_HOME_MAX 300

struct store_app {
	const char *guid;
	int64_t account;		/* 0: the operator's */
	const char *name;
	const char *publisher;
	const char *home_page;		/* "" if there is none */
	const char *created_by;
	int64_t created;		/* clock_wall_us */
	int64_t removed;		/* 0: it is there */
	const char *removed_by;		/* "" unless removed */
	int64_t revision;
};

/* One of its secrets. */
struct store_app_secret {
	int32_t version;
	const char *last;		/* its last four characters */
	int64_t created;
	int64_t expires;		/* 0: with the app */
};

/* What people know it by. */
struct store_app_names {
	struct str name;		/* labels, as those of keys */
	struct str publisher;
	struct str home_page;		/* store_app_is_home, or "" */
};

/*
 * Whether TEXT is an absolute http or https URI of at most STORE_APP_HOME_MAX
 * bytes, none of which is a space, a control, a quote, a backslash, a comma, a
 * semicolon or an angle bracket: good for a link, as the table wants it.
 */
bool store_app_is_home(struct str text) MUST_CHECK;

/* The app of that GUID (guid_check), texts in ARENA. ERR_NOT_FOUND. */
enum err store_app_find(struct db *db, struct arena *arena, int64_t account,
    struct str guid, struct store_app *out) MUST_CHECK;

/*
 * At most LIMIT apps in order of making, that come after the app AFTER ("" from
 * the first), removed ones among them.
 */
enum err store_app_list(struct db *db, struct arena *arena, int64_t account,
    struct str after, int limit, struct store_app **out, size_t *count)
    MUST_CHECK;

/* The secrets of the app, the newest first, ten at most. */
enum err store_app_secrets(struct db *db, struct arena *arena,
    int64_t account, struct str guid, struct store_app_secret **out,
    size_t *count) MUST_CHECK;

/*
 * The others are changes. Makes an app of change->account (0: the operator's)
 * with its first secret, and reads it into OUT. An account's own is locked
 * (store_key_change_allow) by then. ERR_TOO_MANY_APPS; ERR_INVALID if a name is
 * refused.
 */
enum err store_app_create(struct store_change *change, struct arena *arena,
    const struct store_app_names *names, const struct store_key_fresh *secret,
    struct store_app *out) MUST_CHECK;

/* Locks the app until the change ends; OUT is how it stands. ERR_NOT_FOUND. */
enum err store_app_lock(struct store_change *change, struct arena *arena,
    struct str guid, struct store_app *out) MUST_CHECK;

/*
 * These change APP, which is locked: ERR_APP_ALREADY_REMOVED.
 *
 * Gives it other names. ERR_INVALID.
 */
enum err store_app_change(struct store_change *change,
    const struct store_app *app, const struct store_app_names *names)
    MUST_CHECK;

/*
 * Adds a secret; VERSION gets its number. The one before it ends OVERLAP
 * seconds (0 to STORE_APP_OVERLAP_MAX) from now, older ones end at once, so
 * that two at most work. ERR_INVALID.
 */
enum err store_app_rotate(struct store_change *change,
    const struct store_app *app, const struct store_key_fresh *secret,
    int64_t overlap, int32_t *version) MUST_CHECK;

/*
 * Removes it for good, with all its tokens of all accounts, in whose logs it
 * stands, too.
 */
enum err store_app_remove(struct store_change *change,
    const struct store_app *app) MUST_CHECK;

#endif
