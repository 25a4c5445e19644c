/* SPDX-License-Identifier: ISC */
#include "chainuse.h"

#include <string.h>

#define CHAINUSE_TAG STR("hasp-usage-1\n")

void
chainuse_close(struct chain *c)
{
	struct chainmap_end *end;
	struct digest digest;

	if (!c->batch.open)
		return;
	c->batch.open = false;
	if (c->batch.seen == 0 && c->batch.dropped) {
		c->report.dropped += c->batch.count;
		return;
	}
	end = chainstate_end(c, CHAINLINE_JOURNAL, c->batch.journal);
	if (digest_end(c->rows, &digest) != ERR_OK)
		c->err = ERR_INTERNAL;
	if (c->batch.seen != c->batch.count)
		chainstate_fault(c, c->batch.seen < c->batch.count ?
		    CHAIN_DELETED : CHAIN_ADDED, end, c->batch.first,
		    c->batch.next - 1);
	else if (memcmp(&digest, &c->batch.rows, sizeof(digest)) != 0)
		chainstate_fault(c, CHAIN_EDITED, end, c->batch.first,
		    c->batch.next - 1);
}

void
chainuse_batch(struct chain *c, const struct chainline *l)
{
	struct chainmap_end *end = chainstate_end(c, CHAINLINE_JOURNAL, l->id);
	bool first = end->upto == 0;

	if (!chainstate_in_order(c, CHAIN_JOURNALS, l->id, end, l->at))
		return;
	/* A journal may begin anywhere, but with nothing before it. */
	if (l->at != end->upto && !first) {
		chainstate_missing(c, l->at > end->upto ? CHAIN_DELETED :
		    CHAIN_ADDED, end, l->at - 1, l->at);
		return;
	}
	if (!chainstate_link(c, CHAINUSE_TAG, end, l)) {
		chainstate_fault(c, CHAIN_EDITED, end, l->at, l->next - 1);
		return;
	}
	end->upto = l->next;
	c->report.batches++;
	c->batch.open = true;
	c->batch.journal = l->id;
	c->batch.first = c->batch.from = l->at;
	c->batch.next = l->next;
	c->batch.count = l->count;
	c->batch.seen = 0;
	c->batch.dropped = c->prune.there &&
	    l->text.len == CHAINSTATE_DAY_SIZE &&
	    memcmp(l->text.ptr, c->prune.day, CHAINSTATE_DAY_SIZE) < 0;
	c->batch.has_salt = l->has_salt;
	memcpy(c->batch.salt, l->salt, sizeof(l->salt));
	c->batch.rows = l->rows;
	digest_begin(c->rows);
}

void
chainuse_use(struct chain *c, const struct chainline *l)
{
	if (c->part && !c->batch.open) {
		c->report.uses++;
		return;
	}
	if (!c->batch.open || l->id != c->batch.journal ||
	    l->at < c->batch.from || l->at >= c->batch.next) {
		chainstate_fault(c, CHAIN_SWAPPED, chainstate_end(c,
		    CHAINLINE_JOURNAL, l->id), l->at, l->at);
		return;
	}
	c->batch.from = l->at + 1;
	c->batch.seen++;
	c->report.uses++;
	digest_add(c->rows, l->hashed);
	digest_add(c->rows, STR("\n"));
	if (l->has_address && (!l->has_stand_in || (c->batch.has_salt &&
	    !chainstate_address_holds(c, l, c->batch.salt)))) {
		chainstate_fault(c, CHAIN_EDITED, chainstate_end(c,
		    CHAINLINE_JOURNAL, l->id), l->at, l->at);
		return;
	}
	if (l->has_stand_in && !l->has_address)
		chainstate_gone(c, l->account);
	else if (l->has_address && !c->batch.has_salt)
		c->report.unproven++;
}
