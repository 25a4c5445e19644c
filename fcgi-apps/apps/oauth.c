/* SPDX-License-Identifier: ISC */
#include "oauth.h"

#include <stdio.h>

#include "manage.h"
#include "oauth_answer.h"
#include "oauth_client.h"
#include "oauth_input.h"
#include "origin.h"
#include "query.h"

enum err
oauth_fault(struct oauth *o, const char *text)
{
	o->fault = text;
	return ERR_OAUTH_INVALID;
}

enum err
oauth_account(struct oauth *o, int64_t *out)
{
	uint64_t n = 0;

	*out = 0;
	if (o->in.account.len == 0)
		return ERR_OK;
	if (!str_u64(o->in.account, INT64_MAX, &n) || n == 0)
		return oauth_fault(o, "The parameter account is not the number "
		    "of an account.");
	*out = (int64_t)n;
	return ERR_OK;
}

void
oauth_change(const struct oauth *o, int64_t account, struct store_change *out)
{
	manage_as(o->ctx, account, 0, out);
	(void)snprintf(out->actor, sizeof(out->actor), "app:%s", o->guid);
}

/* All that comes before HANDLE, and that. */
static enum err
oauth_do(struct oauth *o, oauth_handle handle)
{
	enum err err;

	/* A page of another site can send forms, and guess from many places. */
	if (origin_is_foreign(o->ctx->request))
		return ERR_CROSS_SITE;
	/* Addresses are logged, and secrets must not be. */
	if ((err = query_none(o->ctx)) != ERR_OK ||
	    (err = oauth_input_read(o)) != ERR_OK ||
	    (err = oauth_client_admit(o)) != ERR_OK)
		return err;
	return handle(o);
}

enum err
oauth_serve(struct ctx *ctx, oauth_handle handle)
{
	struct oauth o = { .ctx = ctx };
	enum err err = oauth_do(&o, handle);

	return err == ERR_OK ? ERR_OK : oauth_answer_error(ctx, err, o.fault);
}
