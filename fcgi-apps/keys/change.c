/* SPDX-License-Identifier: ISC */
/*
 * change [layer 8]: new values for a key. What gives it more than it had
 * before wants a proof of who asks.
 */
#include "key_form.h"
#include "key_json.h"
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

/* Inside the change, of KEY, which is locked. */
static enum err
change_do(struct ctx *ctx, struct manage *m, struct key_form_body *body,
    struct store_key *key)
{
	static const struct key_form_body nothing;
	struct cidr own[DECISION_RANGES_MAX], ranges[DECISION_RANGES_MAX];
	struct store_key_values before, after;
	struct key_form_body none = nothing;
	struct decision_legacy legacy;
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
	if ((err = store_key_change_values(&m->change, key, &after)) !=
	    ERR_OK ||
	    (err = key_task_again(ctx, key, &legacy)) != ERR_OK)
		return err;
	return key_json_respond(ctx, key, &legacy);
}

enum err
change_handle(struct ctx *ctx)
{
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
	return store_change_end(&m.change, change_do(ctx, &m, &body, &key));
}
