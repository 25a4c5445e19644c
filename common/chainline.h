/* SPDX-License-Identifier: ISC */
/*
 * chainline [layer 2]: the lines of an export of the log, taken apart. Fields
 * are separated by tabs; docs/tamper.md tells what each line has. Pure, no
 * allocation; views point into the line.
 */
#ifndef HASP_CHAINLINE_H
#define HASP_CHAINLINE_H

#include "digest.h"
#include "str.h"

/* The first line of an export; of a part of the log, this, a tab and "part". */
#define CHAINLINE_MAGIC "hasp-audit-export-1"

#define CHAINLINE_SALT_SIZE 16
#define CHAINLINE_STAND_IN_SIZE 16	/* what stands for an address */

enum chainline_kind {
	CHAINLINE_EVENT,
	CHAINLINE_BATCH,
	CHAINLINE_USE,
	CHAINLINE_PRUNED,	/* what the anchors that follow are of */
	CHAINLINE_ANCHOR,
	CHAINLINE_CHECKPOINT,
	CHAINLINE_HEAD,		/* of a chain that is not sealed to its end */
	CHAINLINE_LAST,
};

/* Which chain a line is of. */
enum chainline_of { CHAINLINE_ACCOUNT, CHAINLINE_JOURNAL };

struct chainline {
	enum chainline_kind kind;
	struct str hashed;	/* an event, batch, use, anchor: what is
				 * hashed */
	enum chainline_of of;
	int64_t id;		/* the account's or journal's */
	/*
	 * An event: its number; a batch: its first position; a use: its
	 * position; an anchor or head: how far the chain went; a checkpoint:
	 * the number of the one before it; PRUNED: the event that tells of it;
	 * LAST: how many lines there were.
	 */
	int64_t at;
	int64_t next;		/* a batch: the position after it; LAST: the
				 * number of the last checkpoint */
	int64_t count;		/* a batch: its uses; PRUNED: anchors */
	int64_t account;	/* a use: whose */
	struct str event;	/* an event: what was done */
	struct str text;	/* its detail; a batch's day; PRUNED: the day;
				 * a checkpoint: the note, escaped */
	struct digest hash;	/* an event, batch, anchor or head */
	struct digest rows;	/* a batch: of its uses */
	bool has_stand_in;	/* an event or use had an address */
	bool has_salt;
	bool has_address;
	uint8_t stand_in[CHAINLINE_STAND_IN_SIZE];
	uint8_t salt[CHAINLINE_SALT_SIZE];	/* of an event or batch */
	struct str address;	/* of an event or use */
};

/* Takes LINE, without its LF, apart. False if it is none of the above. */
bool chainline_parse(struct str line, struct chainline *out) MUST_CHECK;

/*
 * The value of the text or number NAME of DETAIL, a JSON object of an event
 * that sealed, pruned or erased: those hold nothing that is escaped. False if
 * it has no such member.
 */
bool chainline_member(struct str detail, struct str name, struct str *out)
    MUST_CHECK;

/* A head as such an event has it: id:from:time:upto:time:hash. */
struct chainline_head {
	int64_t id;
	int64_t from;		/* it was sealed up to there */
	int64_t from_at;	/* when that was, microseconds; 0: never */
	int64_t upto;
	int64_t upto_at;	/* 0 for journals */
	struct digest hash;
};

bool chainline_head(struct str word, struct chainline_head *out) MUST_CHECK;

/* TEXT, LEN bytes in lower-case hexadecimal, into OUT. */
bool chainline_hex(struct str text, uint8_t *out, size_t len) MUST_CHECK;

/* TEXT, LF and backslash unescaped, into OUT; its length, 0 if it is none. */
size_t chainline_unescape(struct str text, char *out, size_t room);

#endif
