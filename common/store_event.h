/* SPDX-License-Identifier: ISC */
/*
 * store_event [layer 5]: what happened in an account, as it is read: events of
 * management and uses of keys, newest first. What happened at one moment
 * stands in the order events, then uses; events from the highest number down,
 * uses from the highest journal and position down.
 */
#ifndef HASP_STORE_EVENT_H
#define HASP_STORE_EVENT_H

#include "arena.h"
#include "db.h"
#include "err.h"
#include "store_change.h"

/* The end of all times that are logged: the year 10000. */
#define STORE_EVENT_END INT64_C(253402300800000000)

/* Texts are "" and numbers 0 where there is none. */
struct store_event {
	bool is_use;
	int64_t at;		/* microseconds since 1970 */
	int64_t number;		/* in the account's chain; a use's journal */
	int64_t pos;		/* of a use: its position in the journal */
	const char *key_id;
	int64_t version;	/* of the key's secret */
	const char *request_id;	/* of a use: only if 32 hexadecimal digits */
	const char *address;	/* "": not known, or erased */
	/* Of an event: */
	const char *actor;
	const char *event;
	int64_t member;
	const char *detail;	/* a JSON object on one line */
	const char *hash;	/* hexadecimal */
	/* Of a use: */
	const char *app;
	const char *code;	/* "ok", or the refusal's */
	int64_t status;
	const char *method;
	const char *site;
	bool repeated;
};

/* A place in the order: right behind what has these. */
struct store_event_place {
	int64_t at;
	bool is_use;
	int64_t number;
	int64_t pos;
};

/* What is asked for; "" is any. */
struct store_event_filter {
	int64_t account;
	bool events, uses;	/* of which kinds */
	struct str actor;	/* as hasp.actor; of uses: their key or app */
	struct str key_id;
	struct str app;		/* a UUID */
	struct str event;	/* of events */
	struct str decision;	/* of uses: allowed, refused, or a code */
	struct str address;	/* or a range of them */
	struct str request_id;	/* 1 to 64 of [0-9A-Za-z_-] */
	int64_t since;		/* the first moment; 0: the beginning */
};

/* The place from which all before UNTIL is found. */
struct store_event_place store_event_before(int64_t until);

/*
 * Reads what comes after PLACE: OUT gets at most LIMIT (1 to 1000), COUNT of
 * them, texts in ARENA; PLACE moves to where to go on, MORE says whether there
 * may be any. One call looks at 5 000 of each kind at most, whatever of these
 * FILTER lets pass: fewer than LIMIT, even none, do not mean the end. Inside a
 * transaction that sees the account (store_change_read). ERR_MEMORY, and those
 * of db_run.
 */
enum err store_event_page(struct db *db, struct arena *arena,
    const struct store_event_filter *filter, size_t limit,
    struct store_event_place *place, struct store_event **out, size_t *count,
    bool *more) MUST_CHECK;

/*
 * Logs, in a transaction of its own, that the caller that CHANGE names reads;
 * EVENT is audit_read or audit_exported, DETAIL a JSON object that says what.
 * SEQ gets the event's number.
 */
enum err store_event_note(const struct store_change *change,
    const char *event, struct str detail, int64_t *seq) MUST_CHECK;

/*
 * Whether the event SEQ says that the caller began to read just that within
 * the last hour, so that it need not be logged again. Inside a transaction.
 */
enum err store_event_is_noted(const struct store_change *change, int64_t seq,
    struct str detail, bool *out) MUST_CHECK;

#endif
