/* SPDX-License-Identifier: ISC */
#include "db.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "db_breaker.h"
#include "db_link.h"
#include "db_sqlstate.h"
#include "db_wire.h"
#include "log.h"

struct db {
	struct db_options options;
	struct db_link link;
	bool prepared[STATEMENT__COUNT];	/* on this connection */
	uint64_t connection;	/* counts those that were made */
	uint64_t memo;
	bool in_transaction;
	enum err failed;	/* what ended the transaction */
};

/* One thing to ask, and until when. */
struct db_call {
	enum statement statement;
	const char *script;	/* SQL to send as it is, or NULL */
	const struct db_wire *wire;
	size_t count;
	bool reads;
	int64_t begun;
	int64_t deadline;
};

struct db *
db_open(const struct db_options *options)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db != NULL)
		db->options = *options;
	return db;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	db_link_close(&db->link);
	free(db);
}

const char *
db_message(const struct db *db)
{
	return db->link.message;
}

static void
db_disconnect(struct db *db)
{
	db_link_close(&db->link);
	memset(db->prepared, 0, sizeof(db->prepared));
}

void
db_drop(struct db *db)
{
	db_disconnect(db);
}

uint64_t
db_connection(const struct db *db)
{
	return db->link.conn != NULL ? db->connection : 0;
}

uint64_t *
db_memo(struct db *db)
{
	return &db->memo;
}

enum db_wake
db_wait(struct db *db, int fd, int64_t us)
{
	enum db_link_wake wake = db_link_await(&db->link, fd, us);

	if (wake == DB_LINK_ENDED)
		db_disconnect(db);
	return wake == DB_LINK_ENDED ? DB_WAKE_LOST :
	    wake == DB_LINK_NOTIFIED ? DB_WAKE_NOTIFIED :
	    wake == DB_LINK_OTHER ? DB_WAKE_FD : DB_WAKE_TIME;
}

static void
db_tell_up(struct db *db)
{
	if (db->options.breaker && db_breaker_up(clock_mono_ms()))
		log_event(LOG_LEVEL_NOTICE, "database_up",
		    LOG_S("program", db->options.program));
}

static void
db_tell_down(struct db *db, int64_t begun)
{
	if (db->options.breaker && db_breaker_down(begun, clock_mono_ms()))
		log_event(LOG_LEVEL_WARNING, "database_down",
		    LOG_S("message", db->link.message));
}

static int64_t
db_sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When a call that begins now must be over. */
static int64_t
db_deadline(const struct db *db, int64_t now)
{
	int64_t limit = (int64_t)db->options.connect_timeout +
	    db->options.query_timeout;

	if (db->options.query_timeout < DB_CALL_MAX)
		limit = db_sooner(limit, DB_CALL_MAX);
	return now + limit;
}

static enum err
db_reach(struct db *db, int64_t deadline)
{
	struct db_link_options how = {
		.conninfo = db->options.conninfo,
		.program = db->options.program,
		.query_timeout = db->options.query_timeout,
	};
	int64_t begun = clock_mono_ms();
	enum err err;

	db_disconnect(db);
	err = db_link_connect(&db->link, &how,
	    db_sooner(deadline, begun + db->options.connect_timeout));
	if (err == ERR_DATABASE_DOWN)
		db_tell_down(db, begun);
	if (err == ERR_OK)
		db->connection++;
	db->memo = 0;
	return err;
}

static bool
db_admitted(struct db *db)
{
	if (!db->options.breaker || db_breaker_admits(clock_mono_ms()))
		return true;
	db_link_say(&db->link, "the database was down a moment ago");
	return false;
}

enum err
db_connect(struct db *db)
{
	enum err err;

	if (db->in_transaction)
		return db->link.conn != NULL ? ERR_OK : ERR_DATABASE_DOWN;
	if (!db_admitted(db))
		return ERR_DATABASE_DOWN;
	if (db->link.conn != NULL && !db_link_ended(&db->link))
		return ERR_OK;
	err = db_reach(db, db_deadline(db, clock_mono_ms()));
	if (err == ERR_OK)
		db_tell_up(db);
	return err;
}

/* Prepares the statement of CALL, then sends CALL. */
static enum db_link_end
db_ask(struct db *db, const struct db_call *call, int64_t deadline,
    PGresult **result)
{
	PGconn *conn = db->link.conn;
	const struct db_wire *wire = call->wire;
	enum statement statement = call->statement;
	enum db_link_end end;

	if (call->script != NULL) {
		(void)PQsendQuery(conn, call->script);
		return db_link_answer(&db->link, deadline, result);
	}
	if (!db->prepared[statement]) {
		(void)PQsendPrepare(conn, statement_name(statement),
		    statement_text(statement), 0, NULL);
		end = db_link_answer(&db->link, deadline, result);
		if (end != DB_LINK_DONE ||
		    PQresultStatus(*result) != PGRES_COMMAND_OK)
			return end;
		PQclear(*result);
		db->prepared[statement] = true;
	}
	/* A call that cannot send has closed the connection: seen below. */
	(void)PQsendQueryPrepared(conn, statement_name(statement),
	    (int)call->count, wire->values, wire->lengths, wire->formats, 0);
	return db_link_answer(&db->link, deadline, result);
}

/* One attempt. AGAIN: a new connection may do better, and nothing was done. */
static enum err
db_try(struct db *db, const struct db_call *call, PGresult **result,
    bool *again)
{
	int64_t deadline;
	enum err err;

	*again = false;
	/* What changes things is not sent into a connection that ended. */
	if (db->link.conn != NULL && !call->reads && !db->in_transaction &&
	    db_link_ended(&db->link))
		db_disconnect(db);
	if (db->link.conn == NULL) {
		err = db->options.pinned ? ERR_DATABASE_DOWN :
		    db_reach(db, call->deadline);
		if (err != ERR_OK)
			return err;
	}
	deadline = db_sooner(call->deadline,
	    clock_mono_ms() + db->options.query_timeout);
	switch (db_ask(db, call, deadline, result)) {
	case DB_LINK_DONE:
		break;
	case DB_LINK_DEAD:
		*again = call->reads;
		return ERR_DATABASE_DOWN;
	case DB_LINK_LATE:
		db_tell_down(db, call->begun);
		return ERR_DATABASE_DOWN;
	}
	db_tell_up(db);
	err = db_link_judge(&db->link, *result);
	if (err != ERR_OK && db_sqlstate_stale(PQresultErrorField(*result,
	    PG_DIAG_SQLSTATE))) {
		db_disconnect(db);
		*again = call->reads;
	}
	return err;
}

/* Inside a transaction the first error stands until the rollback. */
static enum err
db_do_inside(struct db *db, const struct db_call *call, PGresult **result)
{
	bool again;

	if (db->failed == ERR_OK && db->link.conn == NULL)
		db->failed = ERR_DATABASE_DOWN;
	if (db->failed == ERR_OK)
		db->failed = db_try(db, call, result, &again);
	return db->failed;
}

static enum err
db_do(struct db *db, struct db_call *call, PGresult **result)
{
	enum err err;
	bool again;

	call->begun = clock_mono_ms();
	call->deadline = db_deadline(db, call->begun);
	*result = NULL;
	if (db->in_transaction) {
		err = db_do_inside(db, call, result);
	} else {
		if (!db_admitted(db))
			return ERR_DATABASE_DOWN;
		err = db_try(db, call, result, &again);
		if (again) {
			PQclear(*result);
			*result = NULL;
			db_disconnect(db);
			err = db_try(db, call, result, &again);
		}
	}
	if (err != ERR_OK) {
		PQclear(*result);
		*result = NULL;
	}
	return err;
}

enum err
db_run(struct db *db, enum statement statement, const struct db_param *params,
    size_t count, struct db_result **out)
{
	struct db_wire wire CLEANUP(db_wire_wipe) = { .texts = NULL };
	struct db_call call = {
		.statement = statement,
		.wire = &wire,
		.count = count,
		.reads = statement_reads(statement),
	};
	PGresult *result;
	enum err err;

	*out = NULL;
	if (count > DB_PARAMS_MAX || count != statement_params(statement)) {
		db_link_say(&db->link, "wrong number of parameters");
		err = ERR_INTERNAL;
	} else {
		err = db_wire_make(&wire, params, count);
		if (err != ERR_OK)
			db_link_say(&db->link, "a parameter is too long or "
			    "holds a NUL byte");
	}
	if (err == ERR_OK)
		err = db_do(db, &call, &result);
	else if (db->in_transaction && db->failed == ERR_OK)
		db->failed = err;
	if (err == ERR_OK)
		*out = (struct db_result *)result;
	else if (err == ERR_INTERNAL || err == ERR_SCHEMA ||
	    err == ERR_PERMISSION)
		log_event(LOG_LEVEL_ERROR, "statement_failed",
		    LOG_S("statement", statement_name(statement)),
		    LOG_S("message", db->link.message));
	return err;
}

enum err
db_script(struct db *db, const char *script)
{
	struct db_call call = { .script = script };
	PGresult *result;
	enum err err = db_do(db, &call, &result);

	if (err == ERR_OK)
		PQclear(result);
	return err;
}

enum err
db_begin(struct db *db)
{
	struct db_call call = { .script = "BEGIN", .reads = true };
	PGresult *result;
	enum err err;

	if (db->in_transaction) {
		db_link_say(&db->link, "a transaction within a transaction");
		return ERR_INTERNAL;
	}
	err = db_do(db, &call, &result);
	if (err != ERR_OK)
		return err;
	PQclear(result);
	db->in_transaction = true;
	db->failed = ERR_OK;
	return ERR_OK;
}

enum err
db_commit(struct db *db)
{
	struct db_call call = { .script = "COMMIT" };
	PGresult *result;
	enum err err;

	if (!db->in_transaction || db->failed != ERR_OK) {
		err = db->in_transaction ? db->failed : ERR_INTERNAL;
		db_rollback(db);
		return err;
	}
	err = db_do(db, &call, &result);
	db->in_transaction = false;
	if (err != ERR_OK)
		return err;
	/* The server answers ROLLBACK where a statement had failed. */
	if (strcmp(PQcmdStatus(result), "COMMIT") != 0) {
		db_link_say(&db->link, "the server rolled back");
		err = ERR_INTERNAL;
	}
	PQclear(result);
	return err;
}

void
db_rollback(struct db *db)
{
	struct db_call call = { .script = "ROLLBACK" };
	char message[DB_LINK_MESSAGE];
	PGresult *result;

	if (!db->in_transaction)
		return;
	/* The message of what failed is worth more than one of this. */
	memcpy(message, db->link.message, sizeof(message));
	db->failed = ERR_OK;
	if (db->link.conn == NULL || db_do(db, &call, &result) != ERR_OK)
		db_disconnect(db);
	else
		PQclear(result);
	memcpy(db->link.message, message, sizeof(message));
	db->in_transaction = false;
	db->failed = ERR_OK;
}

struct db_param
db_text(struct str text)
{
	return (struct db_param){ .kind = DB_TEXT, .bytes = text };
}

struct db_param
db_bytes(const void *data, size_t len)
{
	return (struct db_param){ .kind = DB_BYTES, .bytes = { data, len } };
}

struct db_param
db_int(int64_t number)
{
	return (struct db_param){ .kind = DB_INT, .number = number };
}

struct db_param
db_bool(bool truth)
{
	return (struct db_param){ .kind = DB_BOOL, .number = truth };
}

struct db_param
db_null(void)
{
	return (struct db_param){ .kind = DB_NULL };
}

struct db_param
db_time(int64_t wall_us)
{
	return (struct db_param){
		.kind = wall_us == 0 ? DB_NULL : DB_TIME,
		.number = wall_us,
	};
}

static const PGresult *
db_pg(const struct db_result *result)
{
	return (const PGresult *)result;
}

size_t
db_rows(const struct db_result *result)
{
	uint64_t touched = 0;

	if (PQresultStatus(db_pg(result)) == PGRES_TUPLES_OK)
		return (size_t)PQntuples(db_pg(result));
	if (!str_u64(str_of(PQcmdTuples((PGresult *)(uintptr_t)result)),
	    SIZE_MAX, &touched))
		return 0;
	return (size_t)touched;
}

bool
db_is_null(const struct db_result *result, size_t row, int column)
{
	return PQgetisnull(db_pg(result), (int)row, column) != 0;
}

struct str
db_get_text(const struct db_result *result, size_t row, int column)
{
	const char *value = PQgetvalue(db_pg(result), (int)row, column);
	int len = PQgetlength(db_pg(result), (int)row, column);

	return value == NULL ? STR("") : (struct str){ value, (size_t)len };
}

int64_t
db_get_int(const struct db_result *result, size_t row, int column)
{
	struct str text = db_get_text(result, row, column);
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text.ptr, &end, 10);
	return errno != 0 || end == text.ptr || *end != '\0' ? 0 : n;
}

bool
db_get_bool(const struct db_result *result, size_t row, int column)
{
	return str_eq(db_get_text(result, row, column), STR("t"));
}

void
db_result_free(struct db_result *result)
{
	PQclear((PGresult *)result);
}

/* Quotes of libpq as memory that free() takes. */
static char *
db_quoted(struct db *db, struct str s,
    char *(*quote)(PGconn *, const char *, size_t))
{
	char *text, *copy;

	if (db->link.conn == NULL || str_find(s, '\0') < s.len)
		return NULL;
	text = quote(db->link.conn, s.len > 0 ? s.ptr : "", s.len);
	if (text == NULL)
		return NULL;
	copy = strdup(text);
	PQfreemem(text);
	return copy;
}

char *
db_quote_name(struct db *db, struct str name)
{
	return db_quoted(db, name, PQescapeIdentifier);
}

char *
db_quote_text(struct db *db, struct str text)
{
	return db_quoted(db, text, PQescapeLiteral);
}

char *
db_scram_verifier(struct db *db, const char *role, const char *password)
{
	char *text, *copy;

	if (db->link.conn == NULL)
		return NULL;
	text = PQencryptPasswordConn(db->link.conn, password, role,
	    "scram-sha-256");
	if (text == NULL)
		return NULL;
	copy = strdup(text);
	PQfreemem(text);
	return copy;
}
