/* SPDX-License-Identifier: ISC */
/*
 * db [layer 4]: one connection to PostgreSQL through libpq, the only user of
 * it: never blocking past its deadlines, connected again by itself, every
 * statement prepared at its first use. One thread at a time uses a struct db.
 *
 * One call takes at most DB_CALL_MAX ms, connecting and trying again
 * included, where the options' timeouts are below it; else their sum. Names of
 * hosts are resolved by the system's resolver, which libpq waits for without
 * a deadline: give addresses or socket folders where that matters. Hosts of a
 * list share the time for connecting, the one that worked last comes first,
 * and one that takes no writes is passed over unless the conninfo has a
 * target_session_attrs of its own.
 */
#ifndef HASP_DB_H
#define HASP_DB_H

#include "err.h"
#include "statement.h"
#include "str.h"

struct db;
struct db_result;

#define DB_CALL_MAX 1500	/* ms; web servers give a check 2 s */
#define DB_PARAMS_MAX 32

struct db_options {
	const char *conninfo;	/* a libpq connection string, no password */
	const char *program;	/* application_name is "hasp-" and this */
	int connect_timeout;	/* ms */
	int query_timeout;	/* ms, for one statement */
	/*
	 * Whether connections of this process share the circuit breaker: once
	 * one of them found the database down, the others refuse at once and
	 * one of them tries again every 200 ms.
	 */
	bool breaker;
	/*
	 * Calls never connect, only db_connect does: for what belongs to one
	 * connection (LISTEN), whose end the caller has to know of.
	 */
	bool pinned;
};

/*
 * A handle that connects at its first use. NULL if memory is short. OPTIONS'
 * texts must outlive it.
 */
struct db *db_open(const struct db_options *options) MUST_CHECK;

/* Closes; NULL is fine. */
void db_close(struct db *db);

/*
 * Connects now if it is not connected: ERR_DATABASE_DOWN, ERR_PERMISSION (the
 * login is refused), ERR_SCHEMA (there is no such database), ERR_CONFIG (the
 * conninfo is malformed or holds a password).
 */
enum err db_connect(struct db *db) MUST_CHECK;

/* Ends the connection, if there is one. */
void db_drop(struct db *db);

/* Tells one connection of the handle from the next; 0: not connected. */
uint64_t db_connection(const struct db *db);

/* A number for the caller's use that is 0 again on each new connection. */
uint64_t *db_memo(struct db *db);

/* What went wrong last, for logs and operators; no values of parameters. */
const char *db_message(const struct db *db);

/* A parameter; its memory must live until the call returns. */
struct db_param {
	enum { DB_TEXT, DB_BYTES, DB_INT, DB_BOOL, DB_NULL,
	    DB_TIME } kind;
	struct str bytes;	/* DB_TEXT (no NUL inside), DB_BYTES */
	int64_t number;		/* DB_INT, DB_BOOL, DB_TIME */
};

struct db_param db_text(struct str text);
struct db_param db_bytes(const void *data, size_t len);
struct db_param db_int(int64_t number);
struct db_param db_bool(bool truth);
struct db_param db_null(void);
/* NULL if WALL_US is 0, else the timestamptz, as microseconds since 1970. */
struct db_param db_time(int64_t wall_us);

/*
 * Runs one statement. COUNT must be the number of parameters the statement's
 * file names. ERR_OK and OUT (the caller ends it with db_result_free), else:
 *	ERR_DATABASE_DOWN	not reached in time; a reading statement was
 *				tried once more on a new connection first
 *	ERR_CONFLICT		a unique or foreign key refuses it
 *	ERR_INVALID		a check constraint or a value's form does
 *	ERR_PERMISSION		the role may not run it, or not log in
 *	ERR_SCHEMA		a table, column or function is missing
 *	ERR_CONFIG		as db_connect
 *	ERR_INTERNAL		anything else: a bug, logged
 * A changing statement that ends in ERR_DATABASE_DOWN may have taken effect.
 */
enum err db_run(struct db *db, enum statement statement,
    const struct db_param *params, size_t count, struct db_result **out)
    MUST_CHECK;

/*
 * A transaction around db_run calls. Nothing is tried again inside one; after
 * any error only db_rollback is of use. db_commit may leave the outcome
 * unknown: ERR_DATABASE_DOWN.
 */
enum err db_begin(struct db *db) MUST_CHECK;
enum err db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);

/* How db_wait ended. */
enum db_wake {
	DB_WAKE_TIME,		/* the time has passed */
	DB_WAKE_NOTIFIED,	/* of something; all there are were taken */
	DB_WAKE_FD,		/* FD is readable */
	DB_WAKE_LOST,		/* the connection has ended */
};

/*
 * Waits at most US microseconds for a notification of a channel that the
 * connection listens to, or for FD. Without a connection only for FD.
 */
enum db_wake db_wait(struct db *db, int fd, int64_t us) MUST_CHECK;

/* Rows that came back, or rows that a changing statement touched. */
size_t db_rows(const struct db_result *result);

/* Values of a row; row and column must exist, text is valid as long as it. */
bool db_is_null(const struct db_result *result, size_t row, int column);
struct str db_get_text(const struct db_result *result, size_t row, int column);
/* 0 if it is NULL or no number. */
int64_t db_get_int(const struct db_result *result, size_t row, int column);
bool db_get_bool(const struct db_result *result, size_t row, int column);

void db_result_free(struct db_result *result);

static inline void
db_result_freep(struct db_result **result)
{
	db_result_free(*result);
}

/*
 * For what cannot be a statement of its own in sql/ (the schema, LISTEN): runs
 * SCRIPT, fixed text of this program with any number of statements; what it
 * returns is thrown away. Errors as db_run,
 * never tried again.
 */
enum err db_script(struct db *db, const char *script) MUST_CHECK;

/*
 * For building such a script: NAME as an identifier, TEXT as a literal, in
 * quotes; and the SCRAM verifier of PASSWORD for ROLE, so that no password
 * travels. Need a connection; NULL if they fail; the caller frees.
 */
char *db_quote_name(struct db *db, struct str name) MUST_CHECK;
char *db_quote_text(struct db *db, struct str text) MUST_CHECK;
char *db_scram_verifier(struct db *db, const char *role, const char *password)
    MUST_CHECK;

#define CLEANUP_RESULT CLEANUP(db_result_freep)

#endif
