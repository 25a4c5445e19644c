/* SPDX-License-Identifier: ISC */
/*
 * oauth_revoke [layer 8]: ends a token of the app's own (RFC 7009).
 */
#include "apps.h"
#include "clock.h"
#include "confirm.h"
#include "oauth_answer.h"
#include "oauth_own.h"
#include "store_key_change.h"

#define OAUTH_REVOKE_SECOND 1000000

/* Ends the token of RECORD; what was ended before is no error. */
static enum err
oauth_revoke_keep(struct oauth *o, const struct decision_record *record,
    struct store_change *change)
{
	struct store_key key;
	enum err err;

	oauth_change(o, record->account, change);
	if ((err = store_change_begin(change)) != ERR_OK)
		return err;
	err = store_key_change_lock(change, o->ctx->arena,
	    str_of(record->key_id), &key);
	if (err == ERR_OK)
		err = store_key_change_revoke(change, &key, STR(""));
	err = store_change_end(change, err);
	/* It may have been tidied away meanwhile, long after its end. */
	return err == ERR_ALREADY_REVOKED || err == ERR_NOT_FOUND ? ERR_OK :
	    err;
}

/*
 * Waits until it is true everywhere. Section 2.2.1: a 503 tells the app that it
 * may still work, and to ask again.
 */
static enum err
oauth_revoke_wait(struct oauth *o, const struct store_change *change)
{
	struct confirm c;
	enum err err = confirm_change(change,
	    confirm_deadline(CONFIRM_SECONDS), &c);
	int64_t now = clock_wall_us();

	if (err != ERR_OK || c.confirmed)
		return err;
	if (c.after > now)
		o->ctx->problem.retry_after = (c.after - now) /
		    OAUTH_REVOKE_SECOND + 1;
	return ERR_REVOCATION_PENDING;
}

static enum err
oauth_revoke_make(struct oauth *o)
{
	struct json *j CLEANUP_JSON = NULL;
	struct decision_record record;
	struct store_change change;
	bool found;
	enum err err = oauth_own_find(o, &record, &found);

	if (err == ERR_OK && found &&
	    (err = oauth_revoke_keep(o, &record, &change)) == ERR_OK)
		err = oauth_revoke_wait(o, &change);
	if (err != ERR_OK)
		return err;
	j = json_object_open();
	return oauth_answer_json(o->ctx, 200, j);
}

enum err
oauth_revoke_post(struct ctx *ctx)
{
	return oauth_serve(ctx, oauth_revoke_make);
}
