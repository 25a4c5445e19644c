/* SPDX-License-Identifier: ISC */
#include "audit_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "signature.h"
#include "store_checkpoint.h"

#define AUDIT_WALK_SHORT 256	/* bytes of a line that is made here */
#define AUDIT_WALK_EVER INT64_C(253402300799000000)	/* the year 9999 */

struct audit_walk {
	struct db *db;
	const struct store_lines_sink *sink;
	int64_t lines;
	int64_t after;		/* checkpoints up to it are written, or gone */
	int64_t before;		/* the one that was written last; 0: none */
	/* The next one. */
	int64_t next;		/* its number; INT64_MAX: none */
	size_t note_len;
	char note[2 * SIGNATURE_NOTE_MAX];	/* escaped */
	int64_t last;		/* those after it came meanwhile */
};

static enum err
audit_walk_line(void *arg, struct str line)
{
	struct audit_walk *w = arg;

	w->lines++;
	return w->sink->take(w->sink->arg, line);
}

static enum err
audit_walk_format(struct audit_walk *w, const char *format, ...)
    PRINTF_LIKE(2, 3);

static enum err
audit_walk_format(struct audit_walk *w, const char *format, ...)
{
	char line[AUDIT_WALK_SHORT];
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	return audit_walk_line(w, (struct str){ line, (size_t)len });
}

static enum err
audit_walk_keep_note(void *arg, int64_t seq, struct str note)
{
	struct audit_walk *w = arg;

	if (note.len > sizeof(w->note))
		return ERR_INTERNAL;
	w->next = seq;
	w->note_len = note.len;
	memcpy(w->note, note.ptr, note.len);
	return ERR_OK;
}

/* Finds the checkpoint after the one that was written last. */
static enum err
audit_walk_next(struct audit_walk *w)
{
	w->next = INT64_MAX;
	return store_checkpoint_next(w->db, w->after, w->last,
	    audit_walk_keep_note, w);
}

/* Writes the checkpoints up to SEQ. */
static enum err
audit_walk_checkpoints(struct audit_walk *w, int64_t seq)
{
	char line[2 * SIGNATURE_NOTE_MAX + AUDIT_WALK_SHORT];
	enum err err = ERR_OK;
	int len;

	while (err == ERR_OK && w->next <= seq) {
		len = snprintf(line, sizeof(line), "c\t%lld\t%.*s",
		    (long long)w->before, (int)w->note_len, w->note);
		w->after = w->before = w->next;
		err = audit_walk_line(w, (struct str){ line, (size_t)len });
		if (err == ERR_OK)
			err = audit_walk_next(w);
	}
	return err;
}

/* What the words of the member NAME of a seal's DETAIL are of. */
static enum err
audit_walk_sealed(struct audit_walk *w, struct str detail, struct str name,
    enum chainline_of of)
{
	const struct store_lines_sink sink = { audit_walk_line, w };
	struct chainline_head head;
	struct str words, word;
	enum err err = ERR_OK;

	/* What cannot be read is for who verifies. */
	if (!chainline_member(detail, name, &words))
		return ERR_OK;
	while (err == ERR_OK && str_word(&words, " ", &word) &&
	    chainline_head(word, &head))
		err = of == CHAINLINE_ACCOUNT ?
		    store_lines_events(w->db, &head, &sink) :
		    store_lines_batches(w->db, &head, &sink);
	return err;
}

/* Events of account 0 on their way, each behind what it seals. */
static enum err
audit_walk_zero(void *arg, struct str line)
{
	struct audit_walk *w = arg;
	struct chainline l;
	bool seals = chainline_parse(line, &l) &&
	    str_eq(l.event, STR("chain_sealed"));
	enum err err = ERR_OK;

	if (seals)
		err = audit_walk_sealed(w, l.text, STR("accounts"),
		    CHAINLINE_ACCOUNT);
	if (err == ERR_OK && seals)
		err = audit_walk_sealed(w, l.text, STR("journals"),
		    CHAINLINE_JOURNAL);
	if (err == ERR_OK)
		err = audit_walk_line(w, line);
	return err == ERR_OK ? audit_walk_checkpoints(w, l.at) : err;
}

/* Checkpoints of what was dropped are of no use. */
static enum err
audit_walk_anchor(void *arg, struct str line)
{
	struct audit_walk *w = arg;
	struct chainline l;

	if (chainline_parse(line, &l) && l.kind == CHAINLINE_ANCHOR &&
	    l.of == CHAINLINE_ACCOUNT && l.id == 0)
		w->after = l.at;
	return audit_walk_line(w, line);
}

/* The chain of account 0, as far as HEAD, from FROM on. */
static enum err
audit_walk_chain(struct audit_walk *w, const struct chainline_head *head,
    int64_t from)
{
	const struct store_lines_sink sink = { audit_walk_zero, w };
	struct chainline_head all = *head;
	struct digest hash;
	enum err err = ERR_OK;

	all.from = from > 1 ? from - 1 : 0;
	all.from_at = 0;
	w->last = head->from > head->upto ? head->from : head->upto;
	if (from > 1)
		w->after = all.from;
	if (from > 1)
		err = store_checkpoint_chained(w->db, all.from, &all.from_at,
		    &hash);
	if (err == ERR_OK)
		err = audit_walk_next(w);
	if (err == ERR_OK)
		err = store_lines_events(w->db, &all, &sink);
	/* Some may be of events that are not there any more. */
	return err == ERR_OK ? audit_walk_checkpoints(w, w->last) : err;
}

/* What is not sealed yet, and how far each chain goes. */
static enum err
audit_walk_rest(struct audit_walk *w,
    const struct store_checkpoint_moves *moves)
{
	const struct store_lines_sink sink = { audit_walk_line, w };
	size_t count = store_checkpoint_count(moves);
	struct store_checkpoint_move move;
	char hex[DIGEST_HEX_SIZE];
	enum err err = ERR_OK;

	for (size_t i = 1; err == ERR_OK && i < count; i++)
		if (store_checkpoint_move(moves, i, &move))
			err = move.of == CHAINLINE_ACCOUNT ?
			    store_lines_events(w->db, &move.head, &sink) :
			    store_lines_batches(w->db, &move.head, &sink);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (!store_checkpoint_move(moves, i, &move))
			return ERR_INTERNAL;
		digest_hex(&move.head.hash, hex);
		err = audit_walk_format(w, "h\t%s\t%lld\t%lld\t%s",
		    move.of == CHAINLINE_ACCOUNT ? "account" : "journal",
		    (long long)move.head.id, (long long)move.head.upto, hex);
	}
	return err;
}

enum err
audit_walk_all(struct db *db, int64_t from, const struct store_lines_sink *sink)
{
	struct store_checkpoint_moves *moves CLEANUP_MOVES = NULL;
	struct audit_walk w = { .db = db, .sink = sink };
	const struct store_lines_sink own = { audit_walk_anchor, &w };
	struct store_checkpoint_move zero;
	enum err err = store_checkpoint_find_moves(db, INT32_MAX, &moves);

	if (err == ERR_OK && !store_checkpoint_move(moves, 0, &zero))
		err = ERR_INTERNAL;
	if (err == ERR_OK)
		err = audit_walk_line(&w, STR(CHAINLINE_MAGIC));
	if (err == ERR_OK && from <= 1)
		err = store_lines_anchors(db, &own);
	if (err == ERR_OK)
		err = audit_walk_chain(&w, &zero.head, from);
	if (err == ERR_OK)
		err = audit_walk_rest(&w, moves);
	return err == ERR_OK ? audit_walk_format(&w, "z\t%lld\t%lld",
	    (long long)w.lines, (long long)w.before) : err;
}

struct audit_walk_part {
	struct audit_walk *walk;
	struct chainline_head head;
	int64_t since;
	int64_t until;
};

/* Events and uses of the account ID. */
static enum err
audit_walk_account(void *arg, int64_t id)
{
	struct audit_walk_part *part = arg;
	const struct store_lines_sink sink = { audit_walk_line, part->walk };
	struct chainline_head head = part->head;
	enum err err;

	head.id = id;
	err = store_lines_events(part->walk->db, &head, &sink);
	return err == ERR_OK ? store_lines_uses(part->walk->db, id,
	    part->since, part->until, &sink) : err;
}

enum err
audit_walk_part(struct db *db, int64_t account, int64_t since, int64_t until,
    const struct store_lines_sink *sink)
{
	struct audit_walk w = { .db = db, .sink = sink };
	struct audit_walk_part part = {
		.walk = &w,
		.head = {
			.from = INT64_MAX,
			.from_at = since > 0 ? since - 1 : 0,
			.upto = INT64_MAX,
			.upto_at = (until > 0 ? until : AUDIT_WALK_EVER) - 1,
		},
		.since = since,
		.until = until,
	};
	enum err err = audit_walk_line(&w, STR(CHAINLINE_MAGIC "\tpart"));

	if (since == 0)
		part.head.from = 0;
	if (err == ERR_OK)
		err = account >= 0 ? audit_walk_account(&part, account) :
		    store_checkpoint_accounts(db, audit_walk_account, &part);
	return err == ERR_OK ? audit_walk_format(&w, "z\t%lld\t0",
	    (long long)w.lines) : err;
}
