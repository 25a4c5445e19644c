/* SPDX-License-Identifier: ISC */
#include "chainstate.h"

#include <string.h>

struct chainmap_end *
chainstate_end(struct chain *c, enum chainline_of of, int64_t id)
{
	static _Thread_local struct chainmap_end none;
	struct chainmap_end *end = chainmap_end(&c->map, of, id);

	if (end != NULL)
		return end;
	c->err = ERR_MEMORY;
	none = (struct chainmap_end){ .of = of, .id = id };
	return &none;
}

void
chainstate_fault(struct chain *c, enum chain_fault fault,
    const struct chainmap_end *end, int64_t first, int64_t last)
{
	struct chain_report *r = &c->report;
	enum chain_verdict verdict = fault >= CHAIN_FOREIGN ? CHAIN_UNTOLD :
	    CHAIN_TAMPERED;

	if (r->verdict == CHAIN_TAMPERED ||
	    (r->verdict == CHAIN_UNTOLD && verdict == CHAIN_UNTOLD))
		return;
	r->verdict = verdict;
	r->fault = fault;
	r->has_chain = end != NULL;
	if (end != NULL) {
		r->of = end->of;
		r->id = end->id;
	}
	r->first = first;
	r->last = last > first ? last : first;
	r->line = c->line;
}

void
chainstate_missing(struct chain *c, enum chain_fault fault,
    const struct chainmap_end *end, int64_t last, int64_t got)
{
	int64_t want = end->upto + (end->of == CHAINLINE_ACCOUNT);

	if (c->report.verdict == CHAIN_TAMPERED)
		return;
	chainstate_fault(c, fault, end, want, last);
	c->missing.waits = true;
	c->missing.of = end->of;
	c->missing.id = end->id;
	c->missing.want = want;
	c->missing.got = got;
}

bool
chainstate_in_order(struct chain *c, enum chain_rank rank, int64_t id,
    const struct chainmap_end *end, int64_t at)
{
	if (c->part || rank > c->rank || (rank == c->rank &&
	    (id >= c->rank_id || rank == CHAIN_INSTALLATION))) {
		c->rank = rank;
		c->rank_id = id;
		return true;
	}
	chainstate_fault(c, CHAIN_SWAPPED, end, at, at);
	return false;
}

bool
chainstate_address_holds(struct chain *c, const struct chainline *l,
    const uint8_t *salt)
{
	struct digest digest;

	digest_begin(c->one);
	digest_add(c->one, (struct str){ (const char *)salt,
	    CHAINLINE_SALT_SIZE });
	digest_add(c->one, l->address);
	if (digest_end(c->one, &digest) != ERR_OK)
		c->err = ERR_INTERNAL;
	return memcmp(digest.bytes, l->stand_in, sizeof(l->stand_in)) == 0;
}

void
chainstate_gone(struct chain *c, int64_t account)
{
	chainstate_end(c, CHAINLINE_ACCOUNT, account)->gone++;
	c->report.erased++;
}

bool
chainstate_link(struct chain *c, struct str tag, struct chainmap_end *end,
    const struct chainline *l)
{
	struct digest digest;

	/* Of a part what a chain begins with is taken as it is. */
	if (c->part && !end->given && (l->kind != CHAINLINE_EVENT ||
	    l->at > 1)) {
		end->hash = l->hash;
		return end->given = true;
	}
	digest_begin(c->one);
	digest_add(c->one, tag);
	digest_add(c->one, (struct str){ (const char *)end->hash.bytes,
	    DIGEST_SIZE });
	digest_add(c->one, l->hashed);
	if (digest_end(c->one, &digest) != ERR_OK)
		c->err = ERR_INTERNAL;
	end->given = true;
	end->hash = digest;
	return memcmp(&digest, &l->hash, sizeof(digest)) == 0;
}

void
chainstate_hold(struct chain *c, struct chainmap_end *end, int64_t upto,
    const struct digest *hash)
{
	/* What was sealed and then dropped is in the anchor. */
	if (upto < end->anchor)
		return;
	if (end->upto < upto)
		chainstate_missing(c, CHAIN_TRUNCATED, end, upto, 0);
	else if (end->upto > upto)
		chainstate_fault(c, CHAIN_SWAPPED, end, upto, end->upto);
	else if (memcmp(&end->hash, hash, sizeof(*hash)) != 0)
		chainstate_fault(c, CHAIN_REWRITTEN, end, end->sealed +
		    (end->of == CHAINLINE_ACCOUNT), upto);
	else
		end->sealed = upto;
}
