/* SPDX-License-Identifier: ISC */
/*
 * store_schema [layer 5]: the database itself: roles, the schema and its
 * numbered migrations (sql/migrations, embedded at build), for haspctl db.
 */
#ifndef HASP_STORE_SCHEMA_H
#define HASP_STORE_SCHEMA_H

#include "arena.h"
#include "db.h"
#include "err.h"

/* One migration, in order of number. */
struct store_schema_step {
	int number;
	const char *name;	/* the file's name: "0001_accounts.sql" */
	const char *digest;	/* SHA-256 of the file, 64 hex digits */
	bool applied;
	int64_t applied_at;	/* microseconds, 0 if not applied */
	bool changed;		/* applied, but its digest differs */
	bool unknown;		/* applied, but this program has no such file */
};

/*
 * Every migration this program has or the database knows. A database without
 * the schema has none applied.
 */
enum err store_schema_status(struct db *db, struct arena *arena,
    struct store_schema_step **out, size_t *count) MUST_CHECK;

/*
 * Applies what is missing, one transaction each, under an advisory lock, so
 * that two at once do it once. ERR_SCHEMA, with nothing applied, if one was
 * changed after it was applied, is unknown, or would be out of order. DRY only
 * counts. APPLIED gets the number applied, also if a later one failed. Needs
 * the roles of store_schema_init: ERR_SCHEMA with LACKING set to the name of
 * one that is not there (before the first init, or if this program has more
 * than the one that made them), else to NULL.
 */
enum err store_schema_migrate(struct db *db, struct arena *arena, bool dry,
    int *applied, const char **lacking) MUST_CHECK;

/* A login role of the programs. */
struct store_schema_role {
	const char *name;	/* "hasp_auth" */
	const char *what;	/* "auth-check" */
};

const struct store_schema_role *store_schema_roles(size_t *count);

/*
 * Makes the roles that are missing (owner and login roles, SCRAM verifiers
 * made here so that no password travels) and gives the schema to its owner,
 * in one transaction; repeating it changes nothing. PASSWORD is called for
 * each login role that is new, or for all with RESET, and returns the new
 * password's text (it has stored it where the programs find it) or NULL to
 * stop: ERR_SYSTEM. Needs a superuser, or CREATEROLE and the database. The
 * database must exist; see store_schema_create_database.
 */
enum err store_schema_init(struct db *db, bool reset,
    const char *(*password)(const char *role, void *arg), void *arg)
    MUST_CHECK;

/*
 * Makes the database NAME (UTF-8, closed to PUBLIC) unless it is there;
 * CREATED says which. ERR_INVALID for what cannot be a name; needs CREATEDB.
 */
enum err store_schema_create_database(struct db *db, struct str name,
    bool *created) MUST_CHECK;

#endif
