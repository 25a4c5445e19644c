/* SPDX-License-Identifier: ISC */
/*
 * change [layer 8]: new values for a key. What gives it more than it had
 * before wants a proof of who asks, what takes something away is waited for.
 */
#include "json.h"
#include "key_form.h"
#include "query.h"
#include "key_task.h"
#include "keys.h"

/* Whether all that RANGE holds is within OUTER. */
static bool
change_is_within(const struct cidr *range, const struct cidr *outer)
{
	struct cidr first = *range;

	first.bits = first.family == 4 ? 32 : 128;
	return outer->bits <= range->bits && cidr_holds(outer, &first);
}

/* Whether AFTER lets addresses in that BEFORE did not. */
static bool
change_widens(const struct store_key_values *before,
    const struct store_key_values *after)
{
	if (before->range_count == 0)
		return false;
	for (size_t i = 0; i < after->range_count; i++) {
		bool held = false;

		for (size_t j = 0; j < before->range_count; j++)
			held = held || change_is_within(&after->ranges[i],
			    &before->ranges[j]);
		if (!held)
			return true;
	}
	return after->range_count == 0;
}

/* Whether AFTER lets in what BEFORE did not, whatever the rate. */
static bool
change_extends(const struct store_key_values *before,
    const struct store_key_values *after)
{
	return after->role > before->role ||
	    (before->expires != 0 && (after->expires == 0 ||
	    after->expires > before->expires)) ||
	    /* None is 0, which is earlier than all. */
	    after->not_before < before->not_before ||
	    change_widens(before, after);
}

/* Whether AFTER may let in fewer at a time; the plan's limits are not known. */
static bool
change_slows(const struct store_key_values *before,
    const struct store_key_values *after)
{
	if (after->daily_quota != before->daily_quota &&
	    (before->daily_quota == 0 ||
	    after->daily_quota < before->daily_quota))
		return true;
	if (after->rate == before->rate && after->burst == before->burst)
		return false;
	return before->rate == 0 || after->rate < before->rate ||
	    after->burst < before->burst;
}

/* Whether AFTER may refuse what BEFORE let in. */
static bool
change_narrows(const struct store_key_values *before,
    const struct store_key_values *after)
{
	return change_extends(after, before) || change_slows(before, after);
}

/* Inside the change, of KEY, which is locked. */
static enum err
change_do(struct ctx *ctx, struct manage *m, struct key_form_body *body,
    struct store_key *key, struct json **out)
{
	static const struct key_form_body nothing;
	struct cidr own[DECISION_RANGES_MAX], ranges[DECISION_RANGES_MAX];
	struct store_key_values before, after;
	struct key_form_body none = nothing;
	enum err err;

	if (key->revoked != 0)
		return ERR_KEY_ENDED;
	none.faults = body->faults;
	if ((err = key_form_apply(ctx, &none, key, own, &before)) != ERR_OK ||
	    (err = key_form_apply(ctx, body, key, ranges, &after)) != ERR_OK)
		return err;
	if (change_extends(&before, &after) &&
	    (err = manage_prove(ctx, m)) != ERR_OK)
		return err;
	m->change.gives = !change_narrows(&before, &after);
	err = store_key_change_values(&m->change, key, &after);
	return err == ERR_OK ? key_task_again(ctx, key, out) : err;
}

enum err
change_handle(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = NULL;
	struct key_form_body body;
	struct store_key key;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = key_form_change(ctx, &body)) != ERR_OK ||
	    (err = manage_open(ctx, MANAGE_FREELY, &m)) != ERR_OK ||
	    (err = key_task_begin(ctx, &m, STORE_KEY_CHANGE_EDIT, &key)) !=
	    ERR_OK)
		return err;
	err = store_change_end(&m.change, change_do(ctx, &m, &body, &key, &j));
	if (err != ERR_OK)
		return err;
	/* Nothing was changed: it may have been before, by the same request. */
	if (m.change.fence.seq == 0)
		m.change.gives = false;
	return manage_respond(ctx, &m, j, key.revision);
}
