/* SPDX-License-Identifier: ISC */
#include "audit_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "audit_key.h"
#include "audit_report.h"
#include "audit_witness.h"
#include "buf.h"
#include "chain.h"
#include "log.h"
#include "output.h"
#include "store_checkpoint.h"
#include "store_lines.h"

/* Chains that one event seals, at most, and memory for their words. */
#define AUDIT_SEAL_CHAINS 200
#define AUDIT_SEAL_ARENA ((size_t)256 * 1024)

enum status
audit_seal_read(const struct invocation *inv, struct audit_seal *seal)
{
	memset(seal, 0, sizeof(*seal));
	seal->file = inv->values[ARGUMENT_FILE];
	seal->witness = inv->values[ARGUMENT_WITNESS];
	return audit_key_signer(inv, &seal->signer);
}

/* Lines on their way into a chain that follows a part of the log. */
struct audit_seal_reading {
	struct chain *chain;
	int64_t lines;
};

static void
audit_seal_readingp(struct audit_seal_reading *r)
{
	chain_close(r->chain);
}

static enum err
audit_seal_line(void *arg, struct str line)
{
	struct audit_seal_reading *r = arg;

	r->lines++;
	chain_add(r->chain, line);
	return ERR_OK;
}

static enum status
audit_seal_open(struct audit_seal_reading *r)
{
	r->lines = 0;
	r->chain = chain_open(NULL, 0);
	if (r->chain == NULL)
		return output_fail(STATUS_SOFTWARE, "memory is short");
	return audit_seal_line(r, STR(CHAINLINE_MAGIC "\tpart")) == ERR_OK ?
	    STATUS_OK : STATUS_SOFTWARE;
}

/* Reads what MOVE tells of, and holds it against its head. */
static enum err
audit_seal_follow(struct invocation *inv, struct audit_seal_reading *r,
    const struct store_checkpoint_move *move)
{
	const struct store_lines_sink sink = { audit_seal_line, r };
	char hex[DIGEST_HEX_SIZE], line[160];
	int len;
	enum err err = chain_give(r->chain, move->of, move->head.id,
	    move->head.from, &move->from_hash);

	if (err == ERR_OK)
		err = move->of == CHAINLINE_ACCOUNT ?
		    store_lines_events(inv->db, &move->head, &sink) :
		    store_lines_batches(inv->db, &move->head, &sink);
	digest_hex(&move->head.hash, hex);
	len = snprintf(line, sizeof(line), "h\t%s\t%lld\t%lld\t%s",
	    move->of == CHAINLINE_ACCOUNT ? "account" : "journal",
	    (long long)move->head.id, (long long)move->head.upto, hex);
	return err == ERR_OK ? audit_seal_line(r, (struct str){ line,
	    (size_t)len }) : err;
}

/* STATUS_NO, loudly: WHAT, and where. */
static enum status
audit_seal_alarm(const char *what, const char *where)
{
	log_event(LOG_LEVEL_ERROR, "audit_tampered", LOG_S("what", what),
	    LOG_S("where", where));
	return output_fail(STATUS_NO, "NOTHING WAS SIGNED: the log is not what "
	    "was written: %s: %s. Keep the database and the last checkpoint as "
	    "they are; haspctl audit verify tells more", where, what);
}

/* Whether all that was read fits together. */
static enum status
audit_seal_judge(struct audit_seal_reading *r)
{
	char where[AUDIT_REPORT_WHERE_SIZE], line[48];
	struct chain_report report;
	enum err err;
	int len = snprintf(line, sizeof(line), "z\t%lld\t0",
	    (long long)r->lines);

	err = audit_seal_line(r, (struct str){ line, (size_t)len });
	if (err == ERR_OK)
		err = chain_finish(r->chain, false, &report);
	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	if (report.fault == CHAIN_PART)
		return STATUS_OK;
	audit_report_where(&report, false, where);
	return audit_seal_alarm(chain_sentence(report.fault), where);
}

/* Reads what MOVES tells of and adds the words that seal it. */
static enum status
audit_seal_moves(struct invocation *inv,
    const struct store_checkpoint_moves *moves, struct buf words[2])
{
	struct audit_seal_reading r CLEANUP(audit_seal_readingp) = { NULL, 0 };
	struct store_checkpoint_move move;
	char hex[DIGEST_HEX_SIZE];
	enum status status = audit_seal_open(&r);
	enum err err;

	for (size_t i = 1; status == STATUS_OK &&
	    i < store_checkpoint_count(moves); i++) {
		if (!store_checkpoint_move(moves, i, &move) ||
		    move.head.upto < move.head.from)
			return audit_seal_alarm("a head went back",
			    "hasp.audit_head or hasp.journal");
		if ((err = audit_seal_follow(inv, &r, &move)) != ERR_OK)
			return invocation_database_failed(inv, err);
		digest_hex(&move.head.hash, hex);
		buf_printf(&words[move.of], "%s%lld:%lld:%lld:%lld:%lld:%s",
		    words[move.of].len > 0 ? " " : "",
		    (long long)move.head.id, (long long)move.head.from,
		    (long long)move.head.from_at, (long long)move.head.upto,
		    (long long)move.head.upto_at, hex);
	}
	return status == STATUS_OK ? audit_seal_judge(&r) : status;
}

/* Seals as many chains as one event takes; COUNT of them. */
static enum status
audit_seal_round(struct invocation *inv, struct arena *arena, size_t *count)
{
	struct store_checkpoint_moves *moves CLEANUP_MOVES = NULL;
	struct buf words[2] = { buf_in(arena), buf_in(arena) };
	enum status status;
	enum err err = store_checkpoint_find_moves(inv->db, AUDIT_SEAL_CHAINS,
	    &moves);

	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	*count = store_checkpoint_count(moves) - 1;
	if (*count == 0)
		return STATUS_OK;
	if ((status = audit_seal_moves(inv, moves, words)) != STATUS_OK)
		return status;
	if (words[0].failed || words[1].failed)
		return output_fail(STATUS_SOFTWARE, "memory is short");
	err = store_checkpoint_seal(inv->db, buf_str(&words[0]),
	    buf_str(&words[1]));
	/* Who was faster has sealed them. */
	return err == ERR_OK || err == ERR_CONFLICT ? STATUS_OK :
	    invocation_database_failed(inv, err);
}

static enum status
audit_seal_chains(struct invocation *inv, struct audit_seal *seal)
{
	size_t count = AUDIT_SEAL_CHAINS;
	struct arena *arena = arena_new(AUDIT_SEAL_ARENA);
	enum status status = STATUS_OK;

	if (arena == NULL)
		return output_fail(STATUS_SOFTWARE, "memory is short");
	while (status == STATUS_OK && count == AUDIT_SEAL_CHAINS) {
		arena_reset(arena);
		status = audit_seal_round(inv, arena, &count);
		seal->sealed += (int64_t)count;
	}
	arena_free(arena);
	return status;
}

/* The last checkpoint in the database; number 0 for none that is ours. */
static enum status
audit_seal_last(struct invocation *inv, const struct audit_seal *seal,
    struct checkpoint *out)
{
	struct arena *arena = arena_new(AUDIT_SEAL_ARENA);
	enum signature_rc rc = SIGNATURE_GOOD;
	struct store_checkpoint_last last = { .seq = 0 };
	enum err err = arena == NULL ? ERR_MEMORY :
	    store_checkpoint_last(inv->db, arena, &last);

	*out = (struct checkpoint){ .seq = 0 };
	if (err == ERR_OK && last.seq > 0)
		rc = checkpoint_read(&seal->signer.key, 1, last.note, out);
	arena_free(arena);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	/* Of a key from before nothing is taken for granted. */
	if (rc == SIGNATURE_UNKNOWN || last.seq == 0)
		return STATUS_OK;
	return rc == SIGNATURE_GOOD && out->seq == last.seq ? STATUS_OK :
	    audit_seal_alarm("the signature of the last checkpoint is wrong",
	    "hasp.checkpoint");
}

static enum err
audit_seal_take_anchor(void *arg, struct str line)
{
	struct store_checkpoint_move *move = arg;
	struct chainline l;

	if (chainline_parse(line, &l) && l.kind == CHAINLINE_ANCHOR &&
	    l.of == CHAINLINE_ACCOUNT && l.id == 0) {
		move->head.from = l.at;
		move->from_hash = l.hash;
	}
	return ERR_OK;
}

/* Where reading the chain of account 0 again begins: LOW, or an anchor. */
static enum status
audit_seal_begin(struct invocation *inv, const struct checkpoint *low,
    struct store_checkpoint_move *zero)
{
	const struct store_lines_sink sink = { audit_seal_take_anchor, zero };
	struct digest there;
	enum err err = ERR_NOT_FOUND;

	zero->head.from = zero->head.from_at = 0;
	zero->from_hash = (struct digest){ { 0 } };
	if (low->seq > 0)
		err = store_checkpoint_chained(inv->db, low->seq,
		    &zero->head.from_at, &there);
	if (err == ERR_OK && memcmp(&there, &low->hash, sizeof(there)) != 0)
		return audit_seal_alarm("an event that was signed is another",
		    "account 0");
	if (err == ERR_OK) {
		zero->head.from = low->seq;
		zero->from_hash = low->hash;
	} else if (err == ERR_NOT_FOUND)
		err = store_lines_anchors(inv->db, &sink);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return zero->head.from >= low->seq ? STATUS_OK :
	    audit_seal_alarm("an event that was signed is gone", "account 0");
}

/* Reads the chain of account 0 since LOW again, past HIGH, to its head. */
static enum status
audit_seal_reread(struct invocation *inv, const struct checkpoint *low,
    const struct checkpoint *high, struct store_checkpoint_move *zero)
{
	struct audit_seal_reading r CLEANUP(audit_seal_readingp) = { NULL, 0 };
	enum status status = audit_seal_begin(inv, low, zero);
	enum err err;

	if (status == STATUS_OK)
		status = audit_seal_open(&r);
	if (status != STATUS_OK)
		return status;
	if (high->seq > low->seq)
		chain_expect(r.chain, high, 1);
	err = audit_seal_follow(inv, &r, zero);
	return err == ERR_OK ? audit_seal_judge(&r) :
	    invocation_database_failed(inv, err);
}

static enum status
audit_seal_append(const struct audit_seal *seal)
{
	size_t len = strlen(seal->note);
	int fd CLEANUP_CLOSE = -1;

	if (seal->file == NULL)
		return STATUS_OK;
	fd = open(seal->file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
	    0644);
	if (fd >= 0 && write(fd, seal->note, len) == (ssize_t)len &&
	    fsync(fd) == 0)
		return STATUS_OK;
	return output_fail(STATUS_IO, "%s: %s", seal->file, strerror(errno));
}

/* Signs the head ZERO of account 0 and hands it to all who keep it. */
static enum status
audit_seal_sign(struct invocation *inv, struct audit_seal *seal,
    const struct store_checkpoint_move *zero)
{
	struct checkpoint c = { zero->head.upto, zero->head.hash };
	char hex[DIGEST_HEX_SIZE];
	enum status status = STATUS_OK;
	enum err err = checkpoint_sign(&c, &seal->signer, seal->note);

	if (err == ERR_OK)
		err = store_checkpoint_add(inv->db, &c, zero->head.upto_at,
		    str_of(seal->note));
	/* Somebody else has signed this one, or a later one. */
	if (err == ERR_CONFLICT)
		return STATUS_OK;
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	seal->made = c;
	digest_hex(&c.hash, hex);
	log_event(LOG_LEVEL_NOTICE, "audit_checkpoint", LOG_I("seq", c.seq),
	    LOG_S("hash", hex), LOG_S("signature", strstr(seal->note, "\n\n") +
	    2));
	if (seal->witness != NULL)
		status = audit_witness_write(seal->witness, &seal->signer.key,
		    &c, str_of(seal->note));
	return status == STATUS_OK ? audit_seal_append(seal) : status;
}

/* The head of account 0, as it stands. */
static enum status
audit_seal_head(struct invocation *inv, struct store_checkpoint_move *zero)
{
	struct store_checkpoint_moves *moves CLEANUP_MOVES = NULL;
	enum err err = store_checkpoint_find_moves(inv->db, 0, &moves);

	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return store_checkpoint_move(moves, 0, zero) ? STATUS_OK :
	    audit_seal_alarm("its hash is none", "the head of account 0");
}

enum status
audit_seal_run(struct invocation *inv, struct audit_seal *seal)
{
	struct checkpoint kept, seen = { .seq = 0 }, *low = &kept,
	    *high = &seen;
	struct store_checkpoint_move zero;
	enum status status;

	seal->sealed = 0;
	seal->made.seq = 0;
	if ((status = audit_seal_chains(inv, seal)) != STATUS_OK ||
	    (status = audit_seal_last(inv, seal, &kept)) != STATUS_OK ||
	    (seal->witness != NULL && (status = audit_witness_read(
	    seal->witness, &seal->signer.key, &seen)) != STATUS_OK) ||
	    (status = audit_seal_head(inv, &zero)) != STATUS_OK)
		return status;
	if (kept.seq == 0 || (seen.seq > 0 && seen.seq < kept.seq)) {
		low = &seen;
		high = &kept;
	}
	if (low->seq == high->seq && memcmp(&low->hash, &high->hash,
	    sizeof(low->hash)) != 0)
		return audit_seal_alarm("the witness has seen another event",
		    "account 0");
	if (zero.head.upto < low->seq || zero.head.upto < high->seq)
		return audit_seal_alarm("what was signed is gone",
		    "the end of account 0");
	if (zero.head.upto == 0)
		return STATUS_OK;
	status = audit_seal_reread(inv, low, high, &zero);
	if (status != STATUS_OK || zero.head.upto == kept.seq)
		return status;
	return audit_seal_sign(inv, seal, &zero);
}
