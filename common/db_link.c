/* SPDX-License-Identifier: ISC */
#include "db_link.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "db_sqlstate.h"
#include "log.h"

#define DB_LINK_KEYS 64		/* libpq 15 knows 41 keywords */
#define DB_LINK_HOSTS 16
#define DB_LINK_HOST_SIZE 256

/* The keywords and values given to libpq, and what they point into. */
struct db_link_pairs {
	const char *keys[DB_LINK_KEYS + 1];
	const char *values[DB_LINK_KEYS + 1];
	size_t count;
	size_t hosts;			/* how many the list has, at least 1 */
	char place[3][DB_LINK_HOST_SIZE];	/* host, hostaddr, port */
	char application[64];
	char settings[1400];
};

/* Values that a list gives each host its own of. */
static const char *const db_link_lists[] = { "host", "hostaddr", "port" };

static void
db_link_conninfo_free(PQconninfoOption **options)
{
	PQconninfoFree(*options);
}

#define CLEANUP_CONNINFO CLEANUP(db_link_conninfo_free)

void
db_link_say(struct db_link *link, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(link->message, sizeof(link->message), format, args);
	va_end(args);
	link->message[strcspn(link->message, "\n")] = '\0';
}

/* How many items a list separated by commas has. */
static size_t
db_link_items(const char *list)
{
	size_t items = 1;

	for (; list != NULL && *list != '\0'; list++)
		items += *list == ',';
	return items;
}

/* Item INDEX of LIST, or all of a list that has one item for all. */
static bool
db_link_item(const char *list, size_t index, char out[DB_LINK_HOST_SIZE])
{
	struct str rest = str_of(list), item;
	size_t items = db_link_items(list);

	for (size_t i = 0; i <= (items == 1 ? 0 : index); i++)
		(void)str_cut(rest, ',', &item, &rest);
	if (item.len >= DB_LINK_HOST_SIZE)
		return false;
	memcpy(out, item.ptr, item.len);
	out[item.len] = '\0';
	return true;
}

static void
db_link_pair(struct db_link_pairs *pairs, const char *key, const char *value)
{
	if (pairs->count < DB_LINK_KEYS) {
		pairs->keys[pairs->count] = key;
		pairs->values[pairs->count++] = value;
	}
}

static const char *
db_link_given(const PQconninfoOption *options, const char *key)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, key) == 0)
			return options->val;
	return NULL;
}

static enum err
db_link_parse(struct db_link *link, const char *conninfo,
    PQconninfoOption **out)
{
	char *message = NULL;
	const char *password;

	*out = PQconninfoParse(conninfo, &message);
	if (*out == NULL) {
		/* libpq's message repeats the text, perhaps a password. */
		db_link_say(link, "the connection string is malformed");
		PQfreemem(message);
		return ERR_CONFIG;
	}
	password = db_link_given(*out, "password");
	if (password != NULL && password[0] != '\0') {
		db_link_say(link, "the connection string holds a password; "
		    "name a password file in it (passfile=...) instead");
		return ERR_CONFIG;
	}
	return ERR_OK;
}

/*
 * Settings of the session. The server ends a statement a bit after we gave it
 * up, and a wait for a lock a bit before, so that it can tell.
 */
static void
db_link_settings(struct db_link_pairs *pairs, const char *given,
    const struct db_link_options *options)
{
	int limit = options->query_timeout;

	(void)snprintf(pairs->settings, sizeof(pairs->settings),
	    "%s -c search_path=pg_catalog,pg_temp -c statement_timeout=%d "
	    "-c lock_timeout=%d -c plan_cache_mode=force_generic_plan "
	    "-c default_transaction_isolation=read\\ committed",
	    given == NULL ? "" : given, limit + 100,
	    limit > 200 ? limit - 100 : limit / 2 + 1);
	(void)snprintf(pairs->application, sizeof(pairs->application),
	    "hasp-%s", options->program);
	db_link_pair(pairs, "options", pairs->settings);
	db_link_pair(pairs, "application_name", pairs->application);
	db_link_pair(pairs, "client_encoding", "UTF8");
}

/* Everything but the place. */
static enum err
db_link_pairs(struct db_link *link, const struct db_link_options *options,
    const PQconninfoOption *given, struct db_link_pairs *pairs)
{
	const char *settings = db_link_given(given, "options");

	memset(pairs, 0, sizeof(*pairs));
	pairs->hosts = 1;
	/* These may be overridden; of two alike the later one counts. */
	db_link_pair(pairs, "target_session_attrs", "read-write");
	db_link_pair(pairs, "gssencmode", "disable");
	for (const PQconninfoOption *o = given; o->keyword != NULL; o++)
		if (o->val != NULL && o->val[0] != '\0')
			db_link_pair(pairs, o->keyword, o->val);
	db_link_settings(pairs, settings, options);
	for (size_t i = 0; i < 2; i++) {
		size_t n = db_link_items(db_link_given(given,
		    db_link_lists[i]));

		pairs->hosts = n > pairs->hosts ? n : pairs->hosts;
	}
	if (pairs->hosts > DB_LINK_HOSTS ||
	    pairs->count + ARRAY_LEN(db_link_lists) > DB_LINK_KEYS ||
	    strlen(pairs->settings) + 1 >= sizeof(pairs->settings)) {
		db_link_say(link, "the connection string is too long");
		return ERR_CONFIG;
	}
	return ERR_OK;
}

/* Host, address and port number INDEX of the lists, after the other pairs. */
static enum err
db_link_place(struct db_link *link, const PQconninfoOption *given,
    struct db_link_pairs *pairs, size_t index)
{
	size_t before = pairs->count;

	for (size_t i = 0; i < ARRAY_LEN(db_link_lists); i++) {
		const char *list = db_link_given(given, db_link_lists[i]);

		if (list == NULL || list[0] == '\0')
			continue;
		if (!db_link_item(list, index, pairs->place[i])) {
			db_link_say(link, "the name of a host is too long");
			return ERR_CONFIG;
		}
		db_link_pair(pairs, db_link_lists[i], pairs->place[i]);
	}
	pairs->keys[pairs->count] = NULL;
	pairs->values[pairs->count] = NULL;
	pairs->count = before;
	return ERR_OK;
}

/* Logs what the server remarks, and remembers a commit left unconfirmed. */
static void
db_link_notice(void *arg, const PGresult *result)
{
	struct db_link *link = arg;
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *severity = PQresultErrorField(result,
	    PG_DIAG_SEVERITY_NONLOCALIZED);

	/*
	 * "canceling wait for synchronous replication" has no code of its own
	 * (01000, or 57P01 at a shutdown), and its words are translated.
	 */
	if (state != NULL && severity != NULL &&
	    strcmp(severity, "WARNING") == 0 &&
	    (strcmp(state, "01000") == 0 || strcmp(state, "57P01") == 0))
		link->doubtful = true;
	log_event(LOG_LEVEL_DEBUG, "database_notice", LOG_S("state", state),
	    LOG_S("message", PQresultErrorField(result,
	    PG_DIAG_MESSAGE_PRIMARY)));
}

/* Waits for EVENTS on the socket; false when the deadline passed. */
static bool
db_link_wait(const struct db_link *link, short events, int64_t deadline)
{
	struct pollfd fd = { .fd = PQsocket(link->conn), .events = events };
	int rc;

	do {
		rc = poll(&fd, 1, clock_left_ms(deadline));
	} while (rc < 0 && errno == EINTR);
	/* An error of poll itself shows in the libpq call that follows. */
	return rc != 0;
}

/* The SQLSTATE in a verbose message, "...:  28P01: ...", or NULL. */
static const char *
db_link_state_of(const char *message, char out[6])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *at = strstr(message, ":  ");

	if (at == NULL || strspn(at + 3, digits) != 5 || at[8] != ':')
		return NULL;
	memcpy(out, at + 3, 5);
	out[5] = '\0';
	return out;
}

/* Why a connection was not made. libpq has no field for the SQLSTATE here. */
static enum err
db_link_refused(struct db_link *link)
{
	char room[6];
	const char *state = db_link_state_of(PQerrorMessage(link->conn), room);
	enum err err = state == NULL ? ERR_DATABASE_DOWN :
	    db_sqlstate_err(state);

	db_link_say(link, "%s", PQerrorMessage(link->conn));
	if (PQconnectionNeedsPassword(link->conn))
		err = ERR_PERMISSION;
	return err == ERR_INTERNAL ? ERR_DATABASE_DOWN : err;
}

/* One host: waits until the connection stands. */
static enum err
db_link_shake_hands(struct db_link *link, int64_t deadline)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	if (PQstatus(link->conn) == CONNECTION_BAD)
		return db_link_refused(link);
	/* Verbose messages hold the SQLSTATE. */
	(void)PQsetErrorVerbosity(link->conn, PQERRORS_VERBOSE);
	(void)PQsetNoticeReceiver(link->conn, db_link_notice, link);
	while (state != PGRES_POLLING_OK) {
		short events = state == PGRES_POLLING_READING ? POLLIN :
		    POLLOUT;

		if (!db_link_wait(link, events, deadline)) {
			db_link_say(link, "the database did not answer in "
			    "time while connecting");
			return ERR_DATABASE_DOWN;
		}
		state = PQconnectPoll(link->conn);
		if (state == PGRES_POLLING_FAILED)
			return db_link_refused(link);
	}
	if (PQsetnonblocking(link->conn, 1) != 0)
		return db_link_refused(link);
	return ERR_OK;
}

enum err
db_link_connect(struct db_link *link, const struct db_link_options *options,
    int64_t deadline)
{
	PQconninfoOption *given CLEANUP_CONNINFO = NULL;
	struct db_link_pairs pairs;
	enum err err = db_link_parse(link, options->conninfo, &given);

	if (err == ERR_OK)
		err = db_link_pairs(link, options, given, &pairs);
	if (err != ERR_OK)
		return err;
	err = ERR_DATABASE_DOWN;
	for (size_t i = 0; i < pairs.hosts && err != ERR_OK; i++) {
		size_t host = (link->host + i) % pairs.hosts;
		int share = clock_left_ms(deadline) / (int)(pairs.hosts - i);

		err = db_link_place(link, given, &pairs, host);
		if (err != ERR_OK)
			return err;
		link->conn = PQconnectStartParams(pairs.keys, pairs.values, 0);
		if (link->conn == NULL)
			return ERR_MEMORY;
		err = db_link_shake_hands(link, clock_mono_ms() + share);
		if (err != ERR_OK)
			db_link_close(link);
		else
			link->host = host;
	}
	return err;
}

void
db_link_close(struct db_link *link)
{
	PQfinish(link->conn);
	link->conn = NULL;
}

bool
db_link_ended(struct db_link *link)
{
	/* What was sent before the end is read first, then the end. */
	for (int i = 0; i < 8; i++) {
		if (!db_link_wait(link, POLLIN, 0))
			return false;
		if (PQconsumeInput(link->conn) == 0)
			return true;
		(void)PQisBusy(link->conn);
		if (PQstatus(link->conn) != CONNECTION_OK)
			return true;
	}
	return true;
}

/*
 * Takes the notifications that libpq has. It also finds them while it reads
 * answers, so that no event of the socket would tell of them.
 */
static bool
db_link_notified(struct db_link *link)
{
	bool notified = false;
	PGnotify *n;

	while ((n = PQnotifies(link->conn)) != NULL) {
		PQfreemem(n);
		notified = true;
	}
	return notified;
}

enum db_link_wake
db_link_await(struct db_link *link, int fd, int64_t us)
{
	const struct timespec time = {
		.tv_sec = us > 0 ? us / 1000000 : 0,
		.tv_nsec = us > 0 ? us % 1000000 * 1000 : 0,
	};
	struct pollfd fds[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};

	if (link->conn != NULL) {
		if (db_link_notified(link))
			return DB_LINK_NOTIFIED;
		fds[1].fd = PQsocket(link->conn);
	}
	if (ppoll(fds, 2, &time, NULL) <= 0)
		return DB_LINK_NOTHING;
	if (fds[0].revents != 0)
		return DB_LINK_OTHER;
	if (PQconsumeInput(link->conn) == 0 ||
	    PQstatus(link->conn) != CONNECTION_OK)
		return DB_LINK_ENDED;
	return db_link_notified(link) ? DB_LINK_NOTIFIED : DB_LINK_NOTHING;
}

static bool
db_link_failed(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
	    status != PGRES_EMPTY_QUERY;
}

/* Keeps the first failure, or the last success, of those that came. */
static void
db_link_keep(PGresult **kept, PGresult *next)
{
	if (*kept != NULL && db_link_failed(*kept)) {
		PQclear(next);
		return;
	}
	PQclear(*kept);
	*kept = next;
}

/* Takes the results that are there; true when the last one is. */
static bool
db_link_take(struct db_link *link, PGresult **kept)
{
	while (PQisBusy(link->conn) == 0) {
		PGresult *next = PQgetResult(link->conn);
		ExecStatusType status;

		if (next == NULL)
			return true;
		status = PQresultStatus(next);
		db_link_keep(kept, next);
		/* Nobody here feeds or drains a COPY. */
		if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT ||
		    status == PGRES_COPY_BOTH)
			return true;
	}
	return false;
}

enum db_link_end
db_link_answer(struct db_link *link, int64_t deadline, PGresult **result)
{
	PGresult *kept = NULL;
	bool complete = false, late = false;

	link->doubtful = false;
	while (!complete) {
		int unsent = PQflush(link->conn);

		if (unsent < 0)
			break;
		late = !db_link_wait(link, unsent > 0 ? POLLIN | POLLOUT :
		    POLLIN, deadline);
		if (late || PQconsumeInput(link->conn) == 0)
			break;
		complete = db_link_take(link, &kept);
	}
	if (complete && kept != NULL && PQstatus(link->conn) == CONNECTION_OK) {
		*result = kept;
		return DB_LINK_DONE;
	}
	db_link_say(link, late ? "the database did not answer in time" :
	    "the connection to the database was lost");
	PQclear(kept);
	db_link_close(link);
	*result = NULL;
	return late ? DB_LINK_LATE : DB_LINK_DEAD;
}

enum err
db_link_judge(struct db_link *link, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *where = PQresultErrorField(result,
	    PG_DIAG_CONSTRAINT_NAME);

	if (!db_link_failed(result)) {
		if (!link->doubtful)
			return ERR_OK;
		db_link_say(link, "the commit was not confirmed by a standby");
		return ERR_DATABASE_DOWN;
	}
	/* Detail and context hold values: only these fields are told. */
	db_link_say(link, "%s (SQLSTATE %s%s%s)",
	    db_sqlstate_tells_values(state) ? "a value is not acceptable" :
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY),
	    state == NULL ? "unknown" : state,
	    where == NULL ? "" : ", constraint ", where == NULL ? "" : where);
	return db_sqlstate_err(state);
}
