/* SPDX-License-Identifier: ISC */
#include "chain.h"

#include <string.h>

#include "chainuse.h"

#define CHAIN_EVENT_TAG STR("hasp-audit-1\n")

static const char *const chain_sentences[] = {
	[CHAIN_NONE] = "whole",
	[CHAIN_EDITED] = "edited",
	[CHAIN_DELETED] = "deleted",
	[CHAIN_SWAPPED] = "swapped",
	[CHAIN_ADDED] = "added",
	[CHAIN_TRUNCATED] = "truncated",
	[CHAIN_REWRITTEN] = "rewritten",
	[CHAIN_EMPTIED] = "addresses are gone and no event tells of it",
	[CHAIN_FOREIGN] = "this is no export of this version",
	[CHAIN_BROKEN_OFF] = "the export is broken off",
	[CHAIN_PART] = "the export is of a part of the log",
	[CHAIN_NO_KEY] = "there is no key to verify checkpoints with",
	[CHAIN_OTHER_KEY] = "a checkpoint is signed by another key",
	[CHAIN_NO_CHECKPOINT] = "there is no signed checkpoint",
};

const char *
chain_sentence(enum chain_fault fault)
{
	return chain_sentences[fault];
}

struct chain *
chain_open(const struct signature_key *keys, size_t count)
{
	struct chain *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->keys = keys;
	c->key_count = count;
	c->one = digest_open();
	c->rows = digest_open();
	if (c->one != NULL && c->rows != NULL)
		return c;
	chain_close(c);
	return NULL;
}

void
chain_close(struct chain *c)
{
	if (c == NULL)
		return;
	digest_close(c->one);
	digest_close(c->rows);
	chainmap_clear(&c->map);
	free(c);
}

void
chain_expect(struct chain *c, const struct checkpoint *checkpoints,
    size_t count)
{
	c->expected = checkpoints;
	c->expected_left = count;
}

enum err
chain_give(struct chain *c, enum chainline_of of, int64_t id, int64_t upto,
    const struct digest *hash)
{
	struct chainmap_end *end = chainstate_end(c, of, id);

	end->upto = end->anchor = end->sealed = upto;
	end->hash = *hash;
	end->given = true;
	return c->err;
}

/* After a fault: whether LINE is what was missing. */
static void
chain_classify(struct chain *c, struct str text)
{
	struct chainline l;
	enum chain_fault *fault = &c->report.fault;

	if (!chainline_parse(text, &l) || l.of != c->missing.of ||
	    l.id != c->missing.id || (l.kind != CHAINLINE_EVENT &&
	    l.kind != CHAINLINE_BATCH))
		return;
	if (l.at == c->missing.want && *fault != CHAIN_ADDED)
		*fault = CHAIN_SWAPPED;
	else if (l.at == c->missing.want + 1 && c->missing.got != 0 &&
	    c->missing.got != l.at && l.kind == CHAINLINE_EVENT)
		*fault = CHAIN_EDITED;
	else if (l.at > c->missing.want && *fault == CHAIN_TRUNCATED) {
		*fault = CHAIN_DELETED;
		return;
	}
	c->missing.waits = false;
}

/* The words of the member NAME of L's detail are heads that were sealed. */
static void
chain_seal_words(struct chain *c, const struct chainline *l, struct str name,
    enum chainline_of of)
{
	struct chainline_head head;
	struct str words, word;
	bool good = chainline_member(l->text, name, &words);

	while (good && str_word(&words, " ", &word)) {
		good = chainline_head(word, &head);
		if (good)
			chainstate_hold(c, chainstate_end(c, of, head.id),
			    head.upto, &head.hash);
	}
	if (!good)
		chainstate_fault(c, CHAIN_EDITED, chainstate_end(c,
		    CHAINLINE_ACCOUNT, 0), l->at, l->at);
}

static void
chain_sealed(struct chain *c, const struct chainline *l)
{
	if (l->id != 0 || c->part)
		return;
	chain_seal_words(c, l, STR("accounts"), CHAINLINE_ACCOUNT);
	chain_seal_words(c, l, STR("journals"), CHAINLINE_JOURNAL);
	c->rank = CHAIN_INSTALLATION;
}

static void
chain_pruned(struct chain *c, const struct chainline *l)
{
	char hex[DIGEST_HEX_SIZE];
	struct str day, digest;

	if (l->id != 0 || !c->prune.there || l->at != c->prune.seq)
		return;
	digest_hex(&c->prune.digest, hex);
	c->prune.proven = chainline_member(l->text, STR("uses_before"),
	    &day) && chainline_member(l->text, STR("digest"), &digest) &&
	    str_eq(day, (struct str){ c->prune.day, CHAINSTATE_DAY_SIZE }) &&
	    str_eq(digest, str_of(hex)) && c->prune.left == 0;
	if (!c->prune.proven)
		chainstate_fault(c, CHAIN_EDITED, NULL, 0, 0);
}

static void
chain_erased(struct chain *c, const struct chainline *l)
{
	struct str text;
	uint64_t events = 0, uses = 0;

	if (!chainline_member(l->text, STR("events"), &text) ||
	    !str_u64(text, INT32_MAX, &events) ||
	    !chainline_member(l->text, STR("uses"), &text) ||
	    !str_u64(text, INT64_MAX / 4, &uses))
		return;
	chainstate_end(c, CHAINLINE_ACCOUNT, l->id)->told +=
	    (int64_t)(events + uses);
}

static const struct {
	const char *event;
	void (*run)(struct chain *chain, const struct chainline *line);
} chain_events[] = {
	{ "chain_sealed", chain_sealed },
	{ "events_pruned", chain_pruned },
	{ "personal_data_erased", chain_erased },
};

/* What was signed somewhere else of the chain of account 0, which is END. */
static void
chain_meet(struct chain *c, const struct chainmap_end *end)
{
	while (c->expected_left > 0 && c->expected->seq <= end->upto) {
		const struct checkpoint *e = c->expected;

		c->expected++;
		c->expected_left--;
		/* What is before the beginning cannot be looked at. */
		if (e->seq < end->upto)
			continue;
		if (memcmp(&e->hash, &end->hash, sizeof(e->hash)) == 0) {
			c->report.signed_upto = e->seq;
			c->report.checkpoints++;
			continue;
		}
		chainstate_fault(c, CHAIN_REWRITTEN, end,
		    c->report.signed_upto + 1, e->seq);
		return;
	}
}

static void
chain_event(struct chain *c, const struct chainline *l)
{
	struct chainmap_end *end = chainstate_end(c, CHAINLINE_ACCOUNT, l->id);
	bool seals = l->id == 0 && str_eq(l->event, STR("chain_sealed"));
	bool first = c->part && !end->given;

	/* A seal ends what it seals. */
	if (!seals && !chainstate_in_order(c, l->id == 0 ? CHAIN_INSTALLATION :
	    CHAIN_ACCOUNTS, l->id, end, l->at))
		return;
	if (l->at != end->upto + 1 && !first) {
		chainstate_missing(c, l->at > end->upto ? CHAIN_DELETED :
		    CHAIN_ADDED, end, l->at - 1, l->at);
		return;
	}
	if (!chainstate_link(c, CHAIN_EVENT_TAG, end, l) ||
	    l->has_salt != l->has_address || (l->has_salt &&
	    (!l->has_stand_in || !chainstate_address_holds(c, l, l->salt)))) {
		chainstate_fault(c, CHAIN_EDITED, end, l->at, l->at);
		return;
	}
	end->upto = l->at;
	c->report.events++;
	if (l->has_stand_in && !l->has_salt)
		chainstate_gone(c, l->id);
	for (size_t i = 0; i < ARRAY_LEN(chain_events); i++)
		if (str_eq(l->event, str_of(chain_events[i].event)))
			chain_events[i].run(c, l);
	if (l->id == 0)
		chain_meet(c, chainstate_end(c, CHAINLINE_ACCOUNT, 0));
}

static void
chain_prune_line(struct chain *c, const struct chainline *l)
{
	if (c->rank != CHAIN_ANCHORS || c->prune.there ||
	    l->text.len != CHAINSTATE_DAY_SIZE) {
		chainstate_fault(c, CHAIN_EDITED, NULL, 0, 0);
		return;
	}
	c->prune.there = true;
	c->prune.seq = l->at;
	c->prune.left = c->prune.count = l->count;
	memcpy(c->prune.day, l->text.ptr, CHAINSTATE_DAY_SIZE);
	digest_begin(c->rows);
	if (l->count == 0 && digest_end(c->rows, &c->prune.digest) != ERR_OK)
		c->err = ERR_INTERNAL;
}

static void
chain_anchor(struct chain *c, const struct chainline *l)
{
	struct chainmap_end *end = chainstate_end(c, l->of, l->id);

	if (c->rank != CHAIN_ANCHORS || c->prune.left == 0 || end->given) {
		chainstate_fault(c, CHAIN_SWAPPED, end, l->at, l->at);
		return;
	}
	c->prune.of = l->of;
	c->rank_id = l->id;
	end->upto = end->anchor = end->sealed = l->at;
	end->hash = l->hash;
	end->given = true;
	digest_add(c->rows, l->hashed);
	digest_add(c->rows, STR("\n"));
	if (--c->prune.left == 0 &&
	    digest_end(c->rows, &c->prune.digest) != ERR_OK)
		c->err = ERR_INTERNAL;
}

/* Holds the chain of account 0, END, against what its keeper SAID of it. */
static void
chain_hold_signed(struct chain *c, struct chainmap_end *end,
    const struct checkpoint *said)
{
	if (said->seq > end->upto)
		chainstate_missing(c, CHAIN_TRUNCATED, end, said->seq, 0);
	else if (said->seq < end->upto || c->rank != CHAIN_INSTALLATION)
		chainstate_fault(c, CHAIN_SWAPPED, end, said->seq, end->upto);
	else if (memcmp(&said->hash, &end->hash, sizeof(said->hash)) != 0)
		chainstate_fault(c, CHAIN_REWRITTEN, end,
		    c->report.signed_upto + 1, said->seq);
	else if (said->seq != c->report.signed_upto)
		c->report.checkpoints++;
	c->report.signed_upto = said->seq;
}

static void
chain_checkpoint(struct chain *c, const struct chainline *l)
{
	struct chainmap_end *end = chainstate_end(c, CHAINLINE_ACCOUNT, 0);
	struct checkpoint said = { .seq = end->upto };
	char note[SIGNATURE_NOTE_MAX];
	enum signature_rc rc = SIGNATURE_UNKNOWN;

	if (l->at != c->checkpoint) {
		chainstate_fault(c, CHAIN_DELETED, end, c->checkpoint, l->at);
		return;
	}
	if (c->key_count > 0)
		rc = checkpoint_read(c->keys, c->key_count, (struct str){ note,
		    chainline_unescape(l->text, note, sizeof(note)) }, &said);
	if (rc == SIGNATURE_GOOD) {
		chain_hold_signed(c, end, &said);
	} else if (rc != SIGNATURE_UNKNOWN) {
		chainstate_fault(c, CHAIN_EDITED, end, end->upto, end->upto);
	} else {
		said.seq = end->upto;
		if (c->key_count > 0)
			chainstate_fault(c, CHAIN_OTHER_KEY, end, end->upto,
			    end->upto);
	}
	c->checkpoint = said.seq;
}

static void
chain_head(struct chain *c, const struct chainline *l)
{
	struct chainmap_end *end = chainstate_end(c, l->of, l->id);

	if (chainstate_in_order(c, l->of == CHAINLINE_ACCOUNT ? CHAIN_HEADS :
	    CHAIN_HEADS_JOURNALS, l->id, end, l->at))
		chainstate_hold(c, end, l->at, &l->hash);
}

static void
chain_last(struct chain *c, const struct chainline *l)
{
	c->ended = true;
	if (l->at != c->line - 1 || l->next != c->checkpoint)
		chainstate_fault(c, CHAIN_EDITED, NULL, 0, 0);
}

static void (*const chain_kinds[])(struct chain *c,
    const struct chainline *l) = {
	[CHAINLINE_EVENT] = chain_event,
	[CHAINLINE_BATCH] = chainuse_batch,
	[CHAINLINE_USE] = chainuse_use,
	[CHAINLINE_PRUNED] = chain_prune_line,
	[CHAINLINE_ANCHOR] = chain_anchor,
	[CHAINLINE_CHECKPOINT] = chain_checkpoint,
	[CHAINLINE_HEAD] = chain_head,
	[CHAINLINE_LAST] = chain_last,
};

/* The first line. */
static void
chain_begin(struct chain *c, struct str line)
{
	c->part = str_eq(line, STR(CHAINLINE_MAGIC "\tpart"));
	c->begun = c->part || str_eq(line, STR(CHAINLINE_MAGIC));
	if (!c->begun) {
		c->foreign = true;
		chainstate_fault(c, CHAIN_FOREIGN, NULL, 0, 0);
	}
}

void
chain_add(struct chain *c, struct str line)
{
	struct chainline l;

	if (c->foreign)
		return;
	c->line++;
	if (c->report.verdict == CHAIN_TAMPERED) {
		if (c->missing.waits)
			chain_classify(c, line);
		return;
	}
	if (!c->begun) {
		chain_begin(c, line);
		return;
	}
	if (!chainline_parse(line, &l)) {
		chainstate_fault(c, CHAIN_EDITED, NULL, 0, 0);
		return;
	}
	if (l.kind != CHAINLINE_USE)
		chainuse_close(c);
	if (c->ended)
		chainstate_fault(c, CHAIN_ADDED, NULL, 0, 0);
	if (c->prune.left > 0 && l.kind != CHAINLINE_ANCHOR)
		chainstate_fault(c, CHAIN_DELETED, NULL, 0, 0);
	if (c->report.verdict != CHAIN_TAMPERED)
		chain_kinds[l.kind](c, &l);
}

/* What only the end shows of a log that is there to its end. */
static void
chain_conclude(struct chain *c)
{
	struct chainmap_end *zero = chainstate_end(c, CHAINLINE_ACCOUNT, 0),
	    *end;

	if (c->expected_left > 0)
		chainstate_missing(c, CHAIN_TRUNCATED, zero,
		    c->expected[c->expected_left - 1].seq, 0);
	if (c->prune.there && !c->prune.proven)
		chainstate_fault(c, CHAIN_DELETED, zero, c->prune.seq,
		    c->prune.seq);
	for (size_t i = 0; (end = chainmap_each(&c->map, &i)) != NULL;)
		if (end->gone > end->told)
			chainstate_fault(c, CHAIN_EMPTIED, end, 0, 0);
	c->report.unsigned_events = zero->upto - c->report.signed_upto;
}

enum err
chain_finish(struct chain *c, bool cut, struct chain_report *out)
{
	enum chain_fault doubt = CHAIN_NONE;

	if (!c->begun)
		chainstate_fault(c, CHAIN_FOREIGN, NULL, 0, 0);
	else if (cut || !c->ended)
		doubt = CHAIN_BROKEN_OFF;
	else if (c->part)
		doubt = CHAIN_PART;
	else
		chain_conclude(c);
	if (doubt == CHAIN_NONE && c->key_count == 0)
		doubt = CHAIN_NO_KEY;
	else if (doubt == CHAIN_NONE && c->report.checkpoints == 0)
		doubt = CHAIN_NO_CHECKPOINT;
	if (doubt != CHAIN_NONE)
		chainstate_fault(c, doubt, NULL, 0, 0);
	if (c->report.verdict == CHAIN_WHOLE)
		c->report.line = c->line;
	*out = c->report;
	return c->err;
}
