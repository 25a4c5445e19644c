/* SPDX-License-Identifier: ISC */
/*
 * db_link [layer 4]: a libpq connection that is made, written to and read
 * from without ever blocking past a deadline. For db.c alone.
 */
#ifndef HASP_DB_LINK_H
#define HASP_DB_LINK_H

#include <libpq-fe.h>

#include "err.h"
#include "str.h"

#define DB_LINK_MESSAGE 300

struct db_link {
	PGconn *conn;		/* NULL: not connected */
	size_t host;		/* of a list, the one that worked last */
	bool doubtful;		/* see db_link_judge */
	char message[DB_LINK_MESSAGE];
};

/* What a connection is made of. */
struct db_link_options {
	const char *conninfo;
	const char *program;
	int query_timeout;	/* ms; the server's own limit is a bit above */
};

/*
 * Connects LINK, which is not connected, by DEADLINE (of clock_mono_ms).
 * ERR_DATABASE_DOWN, ERR_PERMISSION, ERR_SCHEMA, ERR_CONFIG as db_connect.
 */
enum err db_link_connect(struct db_link *link,
    const struct db_link_options *options, int64_t deadline) MUST_CHECK;

/* Closes without waiting; fine if it is not connected. */
void db_link_close(struct db_link *link);

/*
 * Whether the server has closed an idle connection. Looks at what arrived and
 * does not wait.
 */
bool db_link_ended(struct db_link *link);

/* How waiting for something to happen ended. */
enum db_link_wake {
	DB_LINK_NOTHING,	/* the time has passed */
	DB_LINK_NOTIFIED,
	DB_LINK_OTHER,		/* FD is readable */
	DB_LINK_ENDED,
};

/*
 * Waits at most US microseconds for notifications, takes all that are there,
 * or for FD; without a connection for FD alone.
 */
enum db_link_wake db_link_await(struct db_link *link, int fd, int64_t us)
    MUST_CHECK;

/* How waiting for an answer ended. */
enum db_link_end {
	DB_LINK_DONE,		/* an answer came, good or bad: RESULT */
	DB_LINK_DEAD,		/* the connection is closed, nothing came */
	DB_LINK_LATE,		/* the deadline passed; it is closed, too */
};

/*
 * After a PQsend call: sends it all, waits for the answer and gives the
 * first failed result, or the last one. RESULT is not NULL for DONE; the
 * caller clears it.
 */
enum db_link_end db_link_answer(struct db_link *link, int64_t deadline,
    PGresult **result) MUST_CHECK;

/*
 * What RESULT says. A commit whose wait for a synchronous standby was
 * cancelled comes as a success with a warning (and sets link->doubtful):
 * nobody knows whether it survives a failover, so this calls it a failure.
 */
enum err db_link_judge(struct db_link *link, const PGresult *result)
    MUST_CHECK;

/* Sets the message; cut if it is too long. */
void db_link_say(struct db_link *link, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif
